"""Settings of a computer: whole or as at the beginning, never half, never lost."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from firingorder.errors import FiringOrderError
from firingorder.session.preferences import Preferences, load, save, settings_path
from firingorder.training.safety.pin import hash_pin, pin_matches

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads(
    (files("firingorder") / "schemas" / "settings-1.json").read_text(encoding="utf-8")
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_the_round_trip(path: Path) -> None:
    assert load(path).preferences == Preferences()
    made = Preferences(
        pin=hash_pin("4711", b"s" * 16), pin_wrong=2, pin_wrong_s=1.5e9, hat="therapist",
        keys={"Key_PageDown": "next"}, volume=0.25, muted=("count",), distance_m=3.0,
        theme="light", screen="HDMI-1",
    )  # fmt: skip
    save(made, path)
    found = load(path)
    assert (found.preferences, found.remark, found.read_only) == (made, "", False)
    assert pin_matches("4711", found.preferences.pin)
    record = json.loads(path.read_text())
    Draft202012Validator(SCHEMA).validate(record)
    assert set(SCHEMA["properties"]) == {"schema", *(one.name for one in fields(Preferences))}
    assert [one.name for one in path.parent.iterdir()] == ["settings.json"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"schema": "other/1"}', b'{"a": 1}']
)
def test_a_broken_file_is_kept_aside(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    for k in (1, 2):
        path.write_bytes(data)
        found = load(path)
        assert found.preferences == Preferences()
        assert f"settings.broken-{k}.json" in found.remark
        assert path.with_name(f"settings.broken-{k}.json").read_bytes() == data
        assert not path.exists()
    save(Preferences(volume=0.5), path)
    assert load(path).preferences.volume == 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pin", "4711"), ("pin", 4711), ("pin_wrong", -1), ("pin_wrong", True),
        ("pin_wrong_s", "now"), ("hat", "wizard"), ("keys", ["a"]), ("keys", {"a": 1}),
        ("keys", {str(k): "x" for k in range(65)}), ("volume", 1.1), ("volume", float("nan")),
        ("volume", "loud"), ("muted", "all"), ("muted", [1]), ("distance_m", 0.0),
        ("distance_m", 1000), ("theme", "pink"), ("screen", "x" * 101), ("screen", None),
    ],
)  # fmt: skip
def test_one_senseless_setting_costs_only_itself(path: Path, name: str, value: Any) -> None:
    save(Preferences(theme="light", volume=0.5, screen="TV", hat="therapist"), path)
    record = json.loads(path.read_text()) | {name: value}
    path.write_text(json.dumps(record))
    found = load(path)
    assert name in found.remark
    assert found.remark.count(".") >= 1
    assert getattr(found.preferences, name) == getattr(Preferences(), name)
    others = {"theme": "light", "volume": 0.5, "screen": "TV", "hat": "therapist"}
    for other, kept in others.items():
        if other != name:
            assert getattr(found.preferences, other) == kept


def test_a_newer_file_is_used_and_not_changed(path: Path) -> None:
    save(Preferences(volume=0.5), path)
    record = json.loads(path.read_text()) | {"schema": "firingorder.settings/2", "warp": 9}
    path.write_text(json.dumps(record))
    before = path.read_bytes()
    found = load(path)
    assert found.preferences.volume == 0.5
    assert found.read_only
    assert "newer" in found.remark
    with pytest.raises(FiringOrderError, match="newer"):
        save(Preferences(), path)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(path: Path) -> None:
    save(Preferences(volume=0.5), path)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(FiringOrderError, match="cannot be written"):
            save(Preferences(), path)
    finally:
        path.parent.chmod(0o700)
    assert load(path).preferences.volume == 0.5


def test_a_file_where_the_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(FiringOrderError, match="cannot be written"):
        save(Preferences(), tmp_path / "config" / "settings.json")


def test_a_write_that_fails_leaves_the_old_settings(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(Preferences(volume=0.5), path)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FiringOrderError, match="No space left"):
        save(Preferences(volume=0.1), path)
    assert load(path).preferences.volume == 0.5
    assert [one.name for one in path.parent.iterdir()] == ["settings.json"]


def test_it_is_in_the_folder_of_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path().name == "settings.json"
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert settings_path() == tmp_path / "firingorder" / "settings.json"
