"""A package goes home and comes back: real sealed files, two computers, one person."""

from __future__ import annotations

import io
import json
import stat
import struct
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.calibration.profile import CalibrationProfile, ChannelCalibration, ProfileIdentity
from firingorder.calibration.profile_json import to_json
from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.recording.sealed import Key, Lock, open_sealed
from firingorder.session.home import (
    NeedsAnswerError,
    current,
    make_return,
    open_package,
    take,
    waiting,
)
from firingorder.session.office import Office
from firingorder.session.programme_store import ProgrammeStore
from firingorder.training.programmes.ownership import in_force
from firingorder.training.safety.clearing import clear_flag
from firingorder.training.safety.digest import digest
from firingorder.training.safety.entries import entry
from tests.session.home.conftest import PROGRAMME, WHO
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

    from tests.session.home.conftest import Circle

TODAY = "2026-11-22"


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a picture of one pixel, with further chunks before its end."""
    pixel = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
             (b"IDAT", zlib.compress(b"\0\xff\0\0")))  # fmt: skip
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*pixel, *chunks, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def profile(person: str = WHO) -> str:
    made = "2026-11-20T10:00:00+00:00"
    muscles = (ChannelCalibration("gluteus_maximus_left", 2.1, 0.1),)
    return to_json(
        CalibrationProfile(ProfileIdentity("cal-1", made, person=person), muscles, "lateral", False)
    )


def names_in(path: Path, identity: str, out: Path) -> list[str]:
    return [one.relative_to(out).as_posix() for one in open_sealed(path, Key(identity), out)]


def sent_of(circle: Circle, package: str) -> dict[str, Any]:
    kept = circle.therapist.folder / "programmes" / "sent" / package / "sent.json"
    return json.loads(kept.read_text())


def bytes_with(folder: Path, word: str) -> list[str]:
    return [
        one.name
        for one in folder.rglob("*")
        if one.is_file() and word.encode() in one.read_bytes() + one.name.encode()
    ]


def test_a_package_goes_home_and_one_file_comes_back(circle: Circle, tmp_path: Path) -> None:
    therapist, home = circle.therapist, circle.home
    (therapist.folder / "calibrations").mkdir(mode=0o700)
    (therapist.folder / "calibrations" / "c.json").write_text(profile())
    (therapist.folder / "calibrations" / "c.json").chmod(0o600)
    for k, hours in enumerate((-72, -48, -24)):  # usual pain at the start: 2
        therapist.log(*circle.session(f"clinic-{k}", hours, before=2, sets=(2,)))
    pads = tmp_path / "pads"
    pads.mkdir()
    (pads / "Anna left.png").write_bytes(png((b"tEXt", b"Author\0Quellwasser")) + b"hidden")
    made = circle.pack(photos=pads)
    opened = circle.open(made.path, check=made.check)

    # At home: the therapist's word holds, and the person's hat may do what is in the programme.
    assert opened.notes == ()
    there = current(home.folder)
    assert there is not None
    assert there == opened.home
    assert there.person == WHO
    assert there.who == "Ortiz"
    (photo,) = there.photos
    assert photo.read_bytes() == png()
    assert there.calibration is not None
    assert json.loads(there.calibration.read_text())["profile_id"] == "cal-1"
    programme = ProgrammeStore(home.folder / "programmes").load(there.programme)
    assert in_force(programme) == programme
    assert programme.items == PROGRAMME.items
    office = Office(WHO, folder=home.folder, settings_file=tmp_path / "settings.json")
    assert office.facts.therapist
    assert office.facts.usual_pain == 2.0
    assert office.hat == "person"
    found = office.problems(
        programme, ("gluteus_maximus_left", "erector_spinae_left"), has_imu=True
    )
    assert {one.severity for one in found} <= {"warn"}  # of channels that the belt lacks

    # Two sessions, one of them torn off; others of this computer are nobody's business.
    circle.record("a.mcap")
    circle.record("b.mcap", whole=False)
    circle.record("other.mcap", "P-0008")
    circle.record("nobody.mcap", "")
    home.log(*circle.session("h1", 2, before=2, sets=(2, 3), after=2))
    home.log(*circle.session("h2", 26, before=3, sets=(5,), after=4, stop="pain"))
    home.log(*circle.session("x", 3, before=9, sets=(9,)), person="P-0008")
    week = circle.at + timedelta(days=7)
    back = make_return(home.archive, circle.stick / "back.age", now=lambda: week)
    assert back.sessions == 2
    assert back.done.words() == "2 of 2 to 3 sessions in 7 days, 3 of 6 sets, 18 of 34 repetitions"
    sent = sent_of(circle, made.package)
    names = names_in(back.path, sent["identity"], tmp_path / "seen")
    assert [one for one in names if not one.startswith("people/")] == [
        "home.json", "recordings/0001/session.mcap", "recordings/0002/session.mcap",
    ]  # fmt: skip
    assert len(names) == 4
    listed = json.loads((tmp_path / "seen" / "home.json").read_text())
    for one in (listed, opened.home.record, sent):
        assert schema_faults("home-1", json.loads(json.dumps(one))) == []
    assert [one["kind"] for one in (listed, opened.home.record, sent)] == [
        "return", "package", "sent",
    ]  # fmt: skip
    unmarked = {key: value for key, value in listed.items() if key != "mark"}
    assert schema_faults("home-1", unmarked) != []
    assert (
        schema_faults("home-1", listed | {"files": [listed["files"][0] | {"name": "../x"}]}) != []
    )
    for word in ("P-0008", "Quellwasser", str(home.folder)):
        assert bytes_with(tmp_path / "seen", word) == []

    got = take(back.path, therapist.archive, now=lambda: week)
    assert (got.person, got.sessions, got.known, got.again) == (WHO, 2, 0, False)
    assert got.returned.rise == 3  # 2 as usual, or 3 at the start, to 5
    assert got.returned.pain == "pain rose by 3 (3 to 5 of 10); stopped once (pain)"
    assert got.returned.remarks == ()
    rows = therapist.archive.library.sessions(WHO)
    assert {row.recording.finished for row in rows} == {True, False}
    assert not any(row.recording.missing for row in rows)
    assert {(row.pain_before, row.pain_after) for row in rows} == {(None, None)}
    assert digest(therapist.entries(), TODAY) == digest(home.entries(), TODAY)
    (box,) = therapist.archive.library.inbox()
    assert (box.person, box.sessions, box.pain_rise, box.read) == (WHO, 2, 3, False)
    for one in (*therapist.folder.rglob("*"), *home.folder.rglob("*"), made.path, back.path):
        assert stat.S_IMODE(one.stat().st_mode) & 0o077 == 0, one

    # The same again, and an overlapping one, double nothing.
    lines = therapist.entries()
    assert take(back.path, therapist.archive).again
    circle.record("c.mcap")
    home.log(*circle.session("h3", 50, before=2, sets=(2,), flag="r1"))
    later = make_return(home.archive, circle.stick / "later.age", now=lambda: week)
    again = take(later.path, therapist.archive)
    assert (again.sessions, again.known) == (1, 2)
    assert again.returned.flags == ("r1",)
    assert again.returned.rise == 0  # what was told before is not told again
    assert len(therapist.entries()) == len(lines) + len(circle.session("", 0, before=2, sets=(2,),
                                                                       flag="r1"))  # fmt: skip
    assert len(therapist.archive.library.sessions(WHO)) == 3
    order = [one.flags for one in waiting(therapist.archive.library.inbox())]
    assert order == [("r1",), ()]  # the red flag before the rise

    # A new package says what arrived; nothing of that is sent once more.
    next_one = circle.pack("next.age", now=circle.at + timedelta(hours=0.5))
    circle.open(next_one.path, check=next_one.check, now=circle.at + timedelta(hours=0.6))
    circle.record("d.mcap")
    last = make_return(home.archive, circle.stick / "last.age", now=lambda: week)
    assert last.sessions == 1
    assert take(last.path, therapist.archive).sessions == 1

    # And both computers can forget the person altogether.
    for side in (therapist, home):
        side.archive.erase(WHO)
        assert bytes_with(side.folder, WHO) == []
        assert not list((side.folder / "programmes").rglob("glutes.yaml"))


def test_a_key_alone_proves_nothing_so_targets_wait_for_the_number(circle: Circle) -> None:
    therapist, home = circle.therapist, circle.home
    therapist.log(*circle.session("s", -2, before=1, flag="r4"))
    facts = digest(therapist.entries(), TODAY)
    day = circle.at.date().isoformat()
    therapist.log(clear_flag("therapist", facts, "r4", day, "seen", circle.at))
    made = circle.pack()
    opened = circle.open(made.path)
    store = ProgrammeStore(home.folder / "programmes")
    assert not opened.home.trusted
    assert "check number" in opened.notes[0]
    waits = in_force(store.load(opened.home.programme))
    assert all(item.target is None and item.adaptive is None for item in waits.items)
    facts = digest(home.entries(), TODAY)
    assert not facts.therapist  # nobody who can seal to a key decides anything here
    assert [one.flag for one in facts.open_flags] == ["r4"]
    wrong = f"{(int(made.check.replace(' ', '')) + 1) % 10**8:08d}"
    with pytest.raises(UsageError, match="another check number"):
        circle.open(made.path, check=wrong)
    opened = circle.open(made.path, check=made.check)
    assert opened.home.trusted
    assert in_force(store.load(opened.home.programme)).items == PROGRAMME.items
    facts = digest(home.entries(), TODAY)
    assert facts.therapist
    assert facts.open_flags == ()


def test_what_is_decided_at_home_and_what_came_later_opens_nothing(circle: Circle) -> None:
    therapist, home = circle.therapist, circle.home
    circle.opened()
    home.log(*circle.session("h", 2, before=1, flag="r3"))
    facts = digest(home.entries(), TODAY)
    now = circle.at + timedelta(hours=3)
    home.log(clear_flag("therapist", facts, "r3", now.date().isoformat(), "by myself", now))
    back = make_return(home.archive, circle.stick / "back.age", now=lambda: now)
    got = take(back.path, therapist.archive)
    assert "1 decisions in the Therapist hat" in got.returned.remarks[0]
    facts = digest(therapist.entries(), TODAY)
    assert [one.flag for one in facts.open_flags] == ["r3"]
    # The therapist clears it at home's time 4 h; the person says yes anew at 5 h, then the package
    # with the clearance comes.
    now = circle.at + timedelta(hours=4)
    therapist.log(clear_flag("therapist", facts, "r3", now.date().isoformat(), "seen", now))
    home.log(*circle.session("h2", 5, before=1, flag="r3"))
    made = circle.pack("next.age", now=now)
    opened = circle.open(made.path, check=made.check)
    assert "that stands" in opened.notes[0]
    assert [one.flag for one in digest(home.entries(), TODAY).open_flags] == ["r3"]


def test_another_person_an_older_package_and_an_unknown_one_are_asked_about(
    circle: Circle, tmp_path: Path
) -> None:
    therapist, home = circle.therapist, circle.home
    old = circle.pack("old.age", now=circle.at - timedelta(days=9))
    circle.opened()
    with pytest.raises(NeedsAnswerError, match="older than the one in force"):
        circle.open(old.path)
    therapist.archive.library.describe_person("P-0009", who="Ortiz")
    other = circle.pack("other.age", person="P-0009")
    with pytest.raises(NeedsAnswerError, match="for P-0009; here is one for P-0007"):
        circle.open(other.path)
    there = current(home.folder)
    assert there is not None
    assert there.person == WHO
    assert home.entries("P-0009") == ()
    circle.record("a.mcap")
    lock, key = Lock(recipients=(circle.recipient,)), Key(identity=circle.identity)
    back = make_return(home.archive, circle.stick / "back.age", lock=lock)
    with pytest.raises(NeedsAnswerError, match="is of P-0007, not of P-0009"):
        take(back.path, therapist.archive, key=key, person="P-0009")
    therapist.archive.erase(WHO)
    with pytest.raises(NeedsAnswerError, match="not sent from this library"):
        take(back.path, therapist.archive, key=key)
    assert therapist.archive.library.sessions() == ()
    assert take(back.path, therapist.archive, key=key, anyway=True).sessions == 1
    circle.open(other.path, another=True)
    there = current(home.folder)
    assert there is not None
    assert there.person == "P-0009"
    # Of one name with the programme of the first, it took a name of its own.
    assert there.programme == "glutes_2"


def test_a_changed_programme_is_noticed(circle: Circle) -> None:
    circle.opened()
    path = circle.home.folder / "programmes" / "glutes.yaml"
    path.write_text(path.read_text().replace("low: 20", "low: -90"))
    back = make_return(circle.home.archive, circle.stick / "back.age")
    got = take(back.path, circle.therapist.archive)
    assert got.returned.remarks == ("the programme was changed at home",)
    path.unlink()
    back = make_return(circle.home.archive, circle.stick / "later.age")
    got = take(back.path, circle.therapist.archive)
    assert got.returned.remarks == ("the programme is not at home any more",)


def test_the_commands_do_the_same(
    circle: Circle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file, back = str(circle.stick / "p.age"), str(circle.stick / "r.age")
    yaml = tmp_path / "p.yaml"
    ProgrammeStore(tmp_path).export(PROGRAMME, yaml)

    def run(side: str, *args: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data" / side))
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["home", *args])
        said = capsys.readouterr()
        return status, said.out + said.err

    keys = str(circle.stick / "own.key")
    status, said = run("h", "key", "--out", keys)
    assert status == 0
    recipient = said.split()[-1]
    pack = ("pack", "--person", WHO, "--programme", str(yaml), "--recipient", recipient)
    pack = (*pack, "--out", file)
    status, said = run("t", *pack)
    assert (status, "knows nobody with the code" in said) == (2, True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data" / "t"))
    like = circle.record("clinic.mcap", side=circle.therapist)
    assert main(["library", "adopt", str(like)]) == 0
    status, said = run("t", *pack)
    assert status == 0, said
    number = said.partition("another way than the file: ")[2][:9]
    status, said = run("h", "return", "--out", back)
    assert (status, "No package was opened" in said) == (2, True)
    status, said = run("h", "open", file, typed="a passphrase\n")
    assert (status, "sealed to another key or passphrase" in said) == (1, True)
    status, said = run("h", "open", file, "--key", keys, "--check", number)
    assert (status, said.startswith("Opened: Glutes first for P-0007.")) == (0, True), said
    assert run("h", "return", "--out", back)[0] == 0
    status, said = run("t", "take", back)
    assert status == 0, said
    assert "0 new sessions" in said
    assert WHO in run("t", "inbox")[1]
    status, said = run("t", "take", file)
    assert status == 1
    assert said.count("\n") == 1


def test_pain_is_told_by_its_rise_beyond_the_usual(circle: Circle) -> None:
    from firingorder.session.home.told import pains

    before = [e for k in range(3) for e in circle.session(f"b{k}", k, before=1, sets=(1,))]
    high = circle.session("n1", 9, before=4, sets=(4,))  # no rise in it, but far above the usual
    found = pains(before, high)
    assert (found.rise, found.usual) == (3, 1.0)
    assert pains([], high).rise == 0
    one = circle.session("n2", 9, before=1, sets=(2,))
    assert pains(before, one).words() == "pain rose by 1 (1 to 2 of 10, within the measuring error)"
    morning = entry(
        "question_answered", {"key": "pain_morning", "answer": 6},
        now=circle.at + timedelta(hours=40), session="n3",
    )  # fmt: skip
    assert pains(before, [*one, morning]).rise == 5
    assert pains([], []).words() == "pain not told"
    assert pains(before, circle.session("n4", 9, before=1, flag="r2")).flags == ("r2",)


def test_a_passphrase_says_who_made_it(circle: Circle) -> None:
    made = circle.pack(lock=Lock(passphrase="red horse staple"))
    here = circle.home.folder
    opened = open_package(made.path, Key(passphrase="red horse staple"), here)
    assert opened.home.trusted
    assert stat.S_IMODE((here / "programmes").stat().st_mode) == 0o700
