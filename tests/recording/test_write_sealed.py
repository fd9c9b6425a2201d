"""Sealed bundles: opened by the key only, byte for byte, and nothing outside their folder."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import stat
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from firingorder.errors import FileFormatError, UsageError
from firingorder.recording import sealed
from firingorder.recording.sealed import Key, Lock, is_sealed, new_key, open_sealed, seal

if TYPE_CHECKING:
    from pathlib import Path

#: What an age file begins with, by its specification (C2SP).
HEADER = b"age-encryption.org/v1\n-> X25519 "


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "sub-01" / "emg").mkdir(parents=True)
    (made / "sub-01" / "emg" / "a.bdf").write_bytes(os.urandom(300_000))
    (made / "größe.txt").write_text("ä")
    (made / "sub-01" / "link").symlink_to("/etc/hostname")
    return made


def test_a_folder_goes_to_its_recipients_and_to_nobody_else(tmp_path: Path, folder: Path) -> None:
    (mine, public), (second, public2), (other, _) = new_key(), new_key(), new_key()
    path = seal(folder, tmp_path / "a.tar.age", Lock((public, f" {public2}\n")))
    data = path.read_bytes()
    assert data.startswith(HEADER)
    assert is_sealed(path)
    assert b"sub-01" not in data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    expected = _content(folder)
    del expected["sub-01/link"]  # what a link points at was not asked for
    for k, identity in enumerate((mine, second)):
        names = open_sealed(path, Key(identity), tmp_path / f"opened{k}")
        assert _content(tmp_path / f"opened{k}") == expected
        assert len(names) == len(expected)
    with pytest.raises(FileFormatError, match="sealed to another key or passphrase, or damaged"):
        open_sealed(path, Key(other), tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "a.tar.age", "made", "opened0", "opened1",
    ]  # fmt: skip


def test_a_passphrase_opens_named_bytes(tmp_path: Path) -> None:
    what = {"b/second.json": b"{}", "a.txt": b"first"}
    path = seal(what, tmp_path / "a.age", Lock(passphrase="blue horse"))
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    open_sealed(path, Key(passphrase="blue horse"), tmp_path / "out")
    assert _content(tmp_path / "out") == what


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, one block."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def _by_the_specification(plain: bytes, passphrase: str) -> bytes:
    """An age file written from its specification alone, with as little work as it allows."""
    salt, file_key, nonce = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))
    label = b"age-encryption.org/v1/scrypt" + salt
    wrap = hashlib.scrypt(passphrase.encode(), salt=label, n=4, r=8, p=1, dklen=32)
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    encoded = [base64.b64encode(one).rstrip(b"=") for one in (salt, body)]
    head = b"age-encryption.org/v1\n-> scrypt %s 2\n%s\n---" % (encoded[0], encoded[1])
    mac = hmac.digest(_hkdf(file_key, b"", b"header"), head, "sha256")
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
    sealed_last = payload.encrypt(bytes(11) + b"\x01", plain, None)
    return head + b" " + base64.b64encode(mac).rstrip(b"=") + b"\n" + nonce + sealed_last


def test_files_written_from_the_specification_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.age"
    path.write_bytes(_by_the_specification(_archive(("a", tarfile.REGTYPE, b"1")), "blue horse"))
    with pytest.raises(FileFormatError, match="another key or passphrase"):
        open_sealed(path, Key(passphrase="Blue horse"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert open_sealed(path, Key(passphrase="blue horse"), tmp_path / "out")
    assert _content(tmp_path / "out") == {"a": b"1"}


def test_every_damage_is_noticed(tmp_path: Path) -> None:
    mine, public = new_key()
    path = seal({"a": os.urandom(1000)}, tmp_path / "a.age", Lock((public,)))
    data = path.read_bytes()
    for at in (30, 60, 150, len(data) - 500, len(data) - 1):
        damaged = bytearray(data)
        damaged[at] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(FileFormatError, match="damaged"):
            open_sealed(path, Key(mine), tmp_path / "out")
    path.write_bytes(data[:-100])
    with pytest.raises(FileFormatError, match="damaged"):
        open_sealed(path, Key(mine), tmp_path / "out")
    path.write_bytes(b"PK\x03\x04 nothing sealed")
    with pytest.raises(FileFormatError, match=r"is no sealed file \(age\)"):
        open_sealed(path, Key(mine), tmp_path / "out")
    path.write_bytes(data)  # the control
    assert open_sealed(path, Key(mine), tmp_path / "out")


def _archive(*members: tuple[str, bytes, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, data in members:
            one = tarfile.TarInfo(name)
            one.type, one.size, one.linkname = kind, len(data), "/etc/passwd"
            archive.addfile(one, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../escaped", tarfile.REGTYPE),
        ("/tmp/escaped", tarfile.REGTYPE),
        ("a/../../escaped", tarfile.REGTYPE),
        ("C:\\escaped", tarfile.REGTYPE),
        ("escaped", tarfile.SYMTYPE),
        ("escaped", tarfile.LNKTYPE),
        ("escaped", tarfile.FIFOTYPE),
        ("escaped", tarfile.CHRTYPE),
    ],
)
def test_a_bundle_cannot_leave_its_folder(tmp_path: Path, name: str, kind: bytes) -> None:
    mine, public = new_key()
    packed = tmp_path / "packed"
    packed.write_bytes(_archive(("fine", tarfile.REGTYPE, b"1"), (name, kind, b"")))
    sealed._encrypt(packed, tmp_path / "a.age", Lock((public,)))
    with pytest.raises(FileFormatError, match="which no bundle of ours has"):
        open_sealed(tmp_path / "a.age", Key(mine), tmp_path / "out")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.age", "packed"]


def test_sizes_and_kinds_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, public = new_key()
    path = seal({"a": b"12345", "b": b"12345"}, tmp_path / "a.age", Lock((public,)))
    for name, value in (("MOST_BYTES", 9), ("MOST_FILES", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(sealed, name, value)
            with pytest.raises(FileFormatError, match="'b', which no bundle"):
                open_sealed(path, Key(mine), tmp_path / "out")
    packed = tmp_path / "packed"
    packed.write_bytes(b"no archive at all")
    sealed._encrypt(packed, tmp_path / "b.age", Lock((public,)))
    with pytest.raises(FileFormatError, match="no bundle of ours"):
        open_sealed(tmp_path / "b.age", Key(mine), tmp_path / "out")


def test_the_same_content_is_the_same_archive(tmp_path: Path, folder: Path) -> None:
    for name in ("one", "two"):
        sealed._pack(folder, tmp_path / name)
        (folder / "größe.txt").touch()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: Lock(), "Seal either to a key"),
        (lambda _: Lock(("age1",), "both"), "Seal either to a key"),
        (lambda _: Key(), "Open it either"),
        (lambda p: seal({"a": b""}, p / "a", Lock(("nonsense",))), "begins with age1"),
        (lambda p: seal({}, p / "a", Lock(passphrase="x")), "nothing to seal"),
        (lambda p: seal(p, p / "a", Lock(passphrase="x")), "nothing to seal in"),
        (lambda p: open_sealed(p / "none", Key("x"), p / "out"), "There is no file"),
        (lambda p: seal({"a": b""}, p, Lock(passphrase="x")), "exists already"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path: Path, make: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_wrong_secret_key_is_told_from_a_foreign_one(tmp_path: Path) -> None:
    _, public = new_key()
    path = seal({"a": b"1"}, tmp_path / "a.age", Lock((public,)))
    with pytest.raises(UsageError, match="begins with AGE-SECRET-KEY-1"):
        open_sealed(path, Key(public), tmp_path / "out")
