"""Two computers: the therapist's, which has a person, and one at home; files go between them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from firingorder.recording.reader import open_recording
from firingorder.recording.sealed import Key, Lock, new_key
from firingorder.session.archive import Archive
from firingorder.session.home import OpenedPackage, Packed, open_package, pack
from firingorder.session.person_log import PersonLog
from firingorder.training.programmes.records import Bounds, Item, Programme, Target
from firingorder.training.safety.entries import Entry, entry
from tests.session.archive.made import rewritten
from tests.session.sessions import run_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHO = "P-0007"
#: With targets and bounds that only a therapist sets, twice or three times a week.
PROGRAMME = Programme(
    "glutes", "Glutes first",
    (
        Item("bridge", mode="sequence", target=Target("lead_ms", 20.0, None), reps=(6, 6)),
        Item("bridge", target=Target("level_percent", 40.0, None), reps=(5,),
             adaptive=Bounds(30.0, 60.0)),
    ),
    retention_reps=0, per_week=(2, 3), made_by="therapist",
)  # fmt: skip


@dataclass
class Side:
    """One computer: its folder and its library."""

    archive: Archive
    folder: Path

    def log(self, *entries: Entry, person: str = WHO) -> None:
        PersonLog(person, self.folder / "people").add(entries)

    def entries(self, person: str = WHO) -> tuple[Entry, ...]:
        return PersonLog(person, self.folder / "people").read().entries


@dataclass
class Circle:
    """Both computers, the instant of the package, and a recording to make others of."""

    therapist: Side
    home: Side
    stick: Path
    at: datetime
    like: Path
    identity: str
    recipient: str

    def pack(self, name: str = "package.age", **given: Any) -> Packed:
        lock = given.pop("lock", Lock(recipients=(self.recipient,)))
        now = given.pop("now", self.at)
        programme = given.pop("programme", PROGRAMME)
        archive = given.pop("archive", self.therapist.archive)
        person = given.pop("person", WHO)
        return pack(archive, person, programme, self.stick / name, lock, now=lambda: now, **given)

    def open(self, path: Path, **given: Any) -> OpenedPackage:
        now = given.pop("now", self.at + timedelta(minutes=1))
        key = given.pop("key", Key(identity=self.identity))
        here = self.home
        return open_package(
            path, key, here.folder, archive=here.archive, now=lambda: now, **given
        )  # fmt: skip

    def opened(self, **given: Any) -> Packed:
        """Pack and open with the check number."""
        made = self.pack(**given)
        self.open(made.path, check=made.check)
        return made

    def record(self, name: str, person: str = WHO, side: Side | None = None, **said: Any) -> Path:
        """Leave a recording on a computer, as a session does."""
        folder = (side or self.home).folder / "recordings"
        path = rewritten(self.like, folder / name, person=person, recording_id=f"id-{name}", **said)
        os.utime(path, (0, 0))  # else it might still be being written
        return path

    def session(
        self,
        number: str,
        hours: float,
        *,
        before: int,
        sets: tuple[int, ...] = (),
        after: int | None = None,
        flag: str = "",
        stop: str = "",
        programme: str = "glutes",
    ) -> list[Entry]:
        """Return what the log keeps of a session, so many hours after the package."""
        now = self.at + timedelta(hours=hours)

        def one(kind: str, **values: Any) -> Entry:
            return entry(kind, values, now=now, session=number)

        found = [one("session_started", programme=programme, policy="strict", simulated=False)]
        if flag:
            found += [
                one("question_answered", key=f"red_flag.{flag}", answer=True),
                one("question_answered", key=f"red_flag.{flag}.sure", answer=True),
                one("blocked", key=f"red_flag.{flag}"),
            ]
        found.append(one("question_answered", key="pain_before", answer=before))
        for k, pain in enumerate(sets, start=1):
            found.append(one("set_ended", exercise="bridge", set=k, asked=6, tries=6, done=5))
            found.append(one("pain", when="set", pain=pain, exercise="bridge"))
        if stop:
            found += [
                one("stop", exercise="bridge", state="work"),
                one("stop_answered", key="stop_why", answer=stop),
            ]
        if after is not None:
            found.append(one("pain", when="after", pain=after))
        found.append(one("session_ended", repetitions=6 * len(sets), sets=len(sets)))
        return found


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the smallest session that says what it is."""
    path = tmp_path_factory.mktemp("recorded") / "session.mcap"
    run_session(path, duration_s=4.0, channels=("gluteus_maximus_left", "erector_spinae_left"))
    return path


@pytest.fixture
def circle(
    tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Circle]:  # fmt: skip
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    sides: list[Side] = []
    for name in ("therapist", "home"):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        who = "Ortiz" if name == "therapist" else ""
        sides.append(Side(Archive.open(folder=folder, who=who), folder))
    stick = tmp_path / "stick"
    stick.mkdir()
    begun = datetime.fromtimestamp(open_recording(recorded).anchor.utc_ns / 1e9, UTC)
    identity, recipient = new_key()
    made = Circle(
        sides[0], sides[1], stick, begun - timedelta(hours=1), recorded, identity, recipient
    )
    made.therapist.archive.library.describe_person(WHO, name="Anna Quellwasser", who="Ortiz")
    yield made
    for side in sides:
        side.archive.close()
