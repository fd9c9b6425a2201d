"""What is damaged, foreign, newer or in the way is refused in one sentence; nothing is taken."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.errors import FileFormatError, FiringOrderError, UsageError
from firingorder.recording.sealed import Key, Lock, new_key, open_sealed, seal
from firingorder.session.home import make_return, manifest, take
from firingorder.session.home.pictures import cleaned, photos_of
from firingorder.training.safety.entries import entry
from tests.session.home.conftest import PROGRAMME, WHO
from tests.session.home.test_circle import png, sent_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.session.home.conftest import Circle


def files(folder: Path) -> dict[str, bytes]:
    """Everything of a computer but the library, whose rows are compared by the tests."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file() and "sqlite" not in one.name
    }


def refused(folder: Path, act: Callable[[], object], words: str) -> None:
    before = files(folder)
    with pytest.raises(FiringOrderError, match=words) as told:
        act()
    assert "\n" not in str(told.value)
    assert files(folder) == before


def spoilt(source: Path, to: Path) -> dict[Path, str]:
    """Return files that were hurt on the way."""
    data = source.read_bytes()
    found: dict[Path, str] = {}
    for k, bad in enumerate(
        (
            b"", b"junk" * 99, data[:15], data[: len(data) // 2], data[:-1],
            data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        )
    ):  # fmt: skip
        path = to / f"spoilt-{k}.age"
        path.write_bytes(bad)
        found[path] = "no sealed file" if k < 3 else "cannot be opened"
    return found


def resealed(
    source: Path, identity: str, to: Path, change: Callable[[Path, dict[str, Any]], None],
    recipient: str, secret: str = "",
) -> Path:  # fmt: skip
    """Open a file, change what is in it, and seal it again; the mark is made anew by ``secret``."""
    inside = to.with_suffix("")
    open_sealed(source, Key(identity=identity), inside)
    listed = inside / manifest.NAME
    record = json.loads(listed.read_text())
    change(inside, record)
    if secret:
        record["mark"] = manifest.mark(record, secret)
    listed.write_text(json.dumps(record))
    return seal(inside, to, Lock(recipients=(recipient,)))


def test_a_package_that_is_not_as_it_was_made_opens_nothing(circle: Circle) -> None:
    made, home = circle.pack(), circle.home
    stick = circle.stick
    for path, words in spoilt(made.path, stick).items():
        refused(home.folder, lambda path=path: circle.open(path), words)
    stranger = Key(identity=new_key()[0])
    refused(home.folder, lambda: circle.open(made.path, key=stranger), "cannot be opened")
    refused(home.folder, lambda: circle.open(stick / "none.age"), "There is no file")
    foreign = seal({"hello.txt": b"hello"}, stick / "foreign.age", Lock((circle.recipient,)))
    refused(home.folder, lambda: circle.open(foreign), "no package or return of firingorder")

    def newer(_: Path, record: dict[str, Any]) -> None:
        record["schema"] = "firingorder.home/2"

    def other_programme(inside: Path, _: dict[str, Any]) -> None:
        path = inside / "programme.yaml"
        path.write_text(path.read_text().replace("low: 20", "low: 99"))

    def one_more(inside: Path, _: dict[str, Any]) -> None:
        (inside / "more.txt").write_text("more")

    def one_less(inside: Path, _: dict[str, Any]) -> None:
        shutil.rmtree(inside / "people")

    def no_way_back(_: Path, record: dict[str, Any]) -> None:
        del record["answer"]

    def no_list(inside: Path, record: dict[str, Any]) -> None:
        record["files"] = "none"

    for k, (change, words) in enumerate(
        {
            newer: "newer firingorder", other_programme: "programme.yaml is missing or changed",
            one_more: "more.txt is not in its list", one_less: "is missing or changed",
            no_way_back: "the way back", no_list: "list of files makes no sense",
        }.items()
    ):  # fmt: skip
        path = resealed(
            made.path, circle.identity, stick / f"c{k}.age", change, circle.recipient
        )  # fmt: skip
        refused(home.folder, lambda path=path: circle.open(path), words)
    # And it is taken once it is whole: what was refused stood in the way of nothing.
    assert circle.open(made.path, check=made.check).home.trusted
    refused(home.folder, lambda: circle.pack(), "exists already")
    refused(home.folder, lambda: take(made.path, home.archive), "cannot be opened")


def test_a_return_that_is_not_as_it_was_made_is_not_taken(circle: Circle) -> None:
    made, stick = circle.opened(), circle.stick
    archive, folder = circle.therapist.archive, circle.therapist.folder
    circle.record("a.mcap")
    circle.home.log(*circle.session("h1", 2, before=2, sets=(2,)))
    back = make_return(circle.home.archive, stick / "back.age").path
    sent = sent_of(circle, made.package)
    recipient = json.loads((circle.home.folder / "programmes" / "from_therapist" / made.package
                            / manifest.NAME).read_text())["answer"]["recipient"]  # fmt: skip
    for path, words in spoilt(back, stick).items():
        refused(folder, lambda path=path: take(path, archive), words)
    refused(folder, lambda: take(stick / "none.age", archive), "There is no file")
    refused(circle.home.folder, lambda: circle.open(back, key=Key(identity=sent["identity"])),
            "the therapist takes it in")  # fmt: skip

    def boast(_: Path, record: dict[str, Any]) -> None:
        record["done"] = "99 sessions"

    def another_person(_: Path, record: dict[str, Any]) -> None:
        record["person"] = "P-0008"

    def of_another(inside: Path, record: dict[str, Any]) -> None:
        path = inside / "recordings" / "0001" / "session.mcap"
        path.unlink()
        made = circle.record("strange.mcap", "P-0008", side=circle.therapist)
        shutil.move(made, path)
        relist(inside, record)

    def torn(inside: Path, record: dict[str, Any]) -> None:
        path = inside / "recordings" / "0001" / "session.mcap"
        path.write_bytes(path.read_bytes()[:100])
        relist(inside, record)

    def outside(_: Path, record: dict[str, Any]) -> None:
        record["recordings"][0]["file"] = "../../../library.sqlite"

    def relist(inside: Path, record: dict[str, Any]) -> None:
        (inside / manifest.NAME).unlink()
        kept = {k: v for k, v in record.items() if k not in ("schema", "kind", "files", "mark")}
        record |= manifest.write(inside, "return", kept)

    secret = str(sent["secret"])
    for k, (change, own, words) in enumerate(
        (
            (boast, "", "does not carry the mark"),
            (another_person, secret, "was for P-0007"),
            (of_another, secret, "a recording in it is of P-0008"),
            (torn, secret, "a recording cannot be read"),
            (outside, secret, "a recording in its list is not there"),
        )
    ):
        path = resealed(back, sent["identity"], stick / f"r{k}.age", change, recipient, own)
        refused(folder, lambda path=path: take(path, archive, anyway=True), words)
    assert archive.library.sessions() == ()
    assert archive.library.inbox() == ()
    assert take(back, archive).sessions == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes there")
def test_a_full_disk_leaves_everything_as_it_was(circle: Circle) -> None:
    import resource

    home, therapist = circle.home, circle.therapist
    made = circle.pack()
    like = circle.record("a.mcap")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(act: Callable[[], object], folder: Path, most: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, usual[1]))
        try:
            refused(folder, act, "full|failed|cannot be")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    full(lambda: circle.open(made.path), home.folder, 600)
    circle.open(made.path, check=made.check)
    target = circle.stick / "back.age"
    small = like.stat().st_size // 2
    home.archive.adopt(home.archive.unknown())
    full(lambda: make_return(home.archive, target), home.folder, small)
    assert not target.exists()
    make_return(home.archive, target)
    full(lambda: take(target, therapist.archive), therapist.folder, small)
    assert therapist.archive.library.inbox() == ()
    assert take(target, therapist.archive).sessions == 1


def test_a_return_whose_taking_was_cut_off_is_finished_by_taking_it_again(circle: Circle) -> None:
    circle.opened()
    circle.record("a.mcap")
    circle.home.log(*circle.session("h1", 2, before=1, sets=(4,)))
    back = make_return(circle.home.archive, circle.stick / "back.age").path
    archive = circle.therapist.archive
    first = take(back, archive)
    with closing(sqlite3.connect(circle.therapist.folder / "library.sqlite")) as rows:
        for table in ("inbox", "session", "recording"):  # as if it had ended before its rows
            rows.execute(f"DELETE FROM {table}")
        rows.commit()
    again = take(back, archive)
    assert again == first
    assert again.returned.rise == 3  # though the log has known of it by now
    (box,) = archive.library.inbox()
    assert (box.pain_rise, box.sessions) == (3, 1)
    (row,) = archive.library.sessions(WHO)
    assert not row.recording.missing


def test_a_recording_that_is_gone_is_named_and_the_rest_goes(circle: Circle) -> None:
    circle.opened()
    gone = circle.record("gone.mcap")
    circle.record("there.mcap")
    circle.home.archive.adopt(circle.home.archive.unknown())
    gone.unlink()
    now = circle.at + timedelta(days=1)
    back = make_return(circle.home.archive, circle.stick / "back.age", now=lambda: now)
    assert back.sessions == 1
    assert back.left_out[0].endswith("its file is not there")
    got = take(back.path, circle.therapist.archive)
    assert got.returned.remarks[0].startswith("not in it: ")


def test_nobody_programmes_and_pictures_that_do_not_fit_are_refused(
    circle: Circle, tmp_path: Path
) -> None:
    pads = tmp_path / "pads"
    with pytest.raises(UsageError, match="no folder"):
        circle.pack(photos=pads)
    pads.mkdir()
    with pytest.raises(UsageError, match="no pictures"):
        circle.pack(photos=pads)
    (pads / "a.jpg").write_bytes(b"GIF89a")
    with pytest.raises(FileFormatError, match="no JPEG or PNG"):
        circle.pack(photos=pads)
    whole = png((b"eXIf", b"II*\0secret"), (b"iTXt", b"secret"))
    for cut in (20, len(whole) // 2, len(whole) - 3):
        with pytest.raises(FileFormatError, match="damaged"):
            cleaned(whole[:cut], pads)
    assert cleaned(whole, pads) == png()
    (pads / "a.jpg").unlink()
    for k in range(17):
        (pads / f"{k}.png").write_bytes(png())
    with pytest.raises(UsageError, match="17 pictures; 16"):
        photos_of(pads)
    with pytest.raises(UsageError, match="knows nobody"):
        circle.pack(person="P-9999")
    with pytest.raises(UsageError, match="begins with age1"):
        circle.pack(lock=Lock(recipients=("age1nothing",)))
    # A package that was not made is not remembered either.
    assert not list((circle.therapist.folder / "programmes").rglob("sent.json"))
    assert circle.therapist.archive.library.exports(WHO) == ()


def test_a_name_that_would_go_along_is_told(circle: Circle) -> None:
    """Packing said nothing where somebody had typed the person's name into it."""
    assert not [one for one in circle.pack("calm.age").notes if "name" in one]
    circle.therapist.archive.library.describe_person(WHO, name="Jürgen Back de Au", who="Ortiz")
    asked = {"key": "bounds", "reason": "JÜRGEN asked for it"}
    circle.therapist.log(entry("override", asked, now=circle.at, session="s"))
    named = replace(PROGRAMME, name="Glutes first, for Jürgen, back second")
    told = [one for one in circle.pack(programme=named).notes if "of the name" in one]
    assert [one.partition(" ")[0].partition("/")[0] for one in told] == ["people", "programme.yaml"]
    assert all("'Jürgen'" in one and "'Back'" not in one and WHO in one for one in told)


def test_a_code_that_is_a_name_is_told(circle: Circle) -> None:
    """record, live and import said so; packing did not."""
    circle.therapist.archive.library.describe_person("Anna Quell", who="Ortiz")
    notes = circle.pack(person="Anna Quell").notes
    assert sum("'Anna Quell' looks like a name" in one for one in notes) == 1
