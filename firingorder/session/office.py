"""What is kept on this computer beside recordings: programmes, exercises, settings, hat, the log.

One office serves a window: its pages read and change things here, and a training begins here.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from firingorder.errors import FiringOrderError, UsageError
from firingorder.session import preferences as settings
from firingorder.session.exercise_store import ExerciseStore
from firingorder.session.person_log import PersonLog
from firingorder.session.programme_store import ProgrammeStore
from firingorder.session.training_text import Beginning, begin_text
from firingorder.training.programmes.checking import problems
from firingorder.training.programmes.ownership import in_force
from firingorder.training.programmes.templates import single, templates
from firingorder.training.safety.clearing import attach, clear_flag, lift_lock, open_step
from firingorder.training.safety.digest import digest
from firingorder.training.safety.entries import SessionEntries
from firingorder.training.safety.hats import may
from firingorder.training.safety.pin import (
    SALT_BYTES,
    PinTries,
    hash_pin,
    pin_matches,
    tried,
    wait_s,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.findings import Sides, TrainingFinding
    from firingorder.session.archive import Archive
    from firingorder.session.kept_calibration import KeptCalibration
    from firingorder.training.exercises.copies import Exercises
    from firingorder.training.programmes.checking import Problem
    from firingorder.training.programmes.records import Programme
    from firingorder.training.safety.entries import Entry
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.hats import Action
    from firingorder.training.safety.records import Hat, Refusal

ASK_PIN = "The Therapist hat has a PIN: type it, then Enter."
WRONG_PIN = "That was not the PIN."


def local_now() -> datetime:
    """Return the time of this place."""
    return datetime.now(UTC).astimezone()


class Office:
    """Stores, settings, the hat that is worn, and what the log of the person says.

    Parameters
    ----------
    person
        Code of the person who trains, None where nobody was named: nothing of them is kept then.
    folder, settings_file
        Where programmes, exercises and logs are kept, and the settings; None: the user's folders.
    now
        The time of this place, with its zone.
    """

    def __init__(
        self,
        person: str | None = None,
        *,
        folder: Path | None = None,
        settings_file: Path | None = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.person = person or ""
        self._now, self._settings_file, self._folder = now, settings_file, folder
        self._archive: Archive | None = None
        loaded = settings.load(settings_file)
        self.preferences, self.remarks = (
            loaded.preferences,
            [loaded.remark] if loaded.remark else [],
        )
        self.hat: Hat = "person" if self.preferences.pin else self.preferences.hat
        self.exercise_store = ExerciseStore(None if folder is None else folder / "exercises")
        self.exercises, broken = self.exercise_store.exercises()
        self.remarks += [one.why for one in broken]
        self.programme_store = ProgrammeStore(
            None if folder is None else folder / "programmes", self.exercises
        )
        people = None if folder is None else folder / "people"
        self._log = PersonLog(self.person, people) if self.person else None
        self._entries: list[Entry] = []
        self._digested: tuple[tuple[int, str], SafetyFacts] | None = None
        self._read_log()
        self._keeping: SessionEntries | None = None
        self.chosen: Programme | None = None

    @property
    def archive(self) -> Archive:
        """The library and the files beside it, opened when first asked for.

        Raises
        ------
        FiringOrderError
            It cannot be opened; the next call tries again.
        """
        if self._archive is None:
            from firingorder.session.archive import Archive

            self._archive = Archive.open(
                settings.library_url(self.preferences), self._folder, self.who
            )
            if remark := self._archive.library.take_remark():
                self.remarks.append(remark)
        self._archive.who = self.who
        return self._archive

    @property
    def who(self) -> str:
        """Name of the therapist who works here, empty where nobody said."""
        return self.preferences.therapist

    @property
    def facts(self) -> SafetyFacts:
        """What the log says today."""
        key = (len(self._entries), self._now().date().isoformat())
        if self._digested is None or self._digested[0] != key:
            self._digested = (key, digest(self._entries, key[1]))
        return self._digested[1]

    @property
    def kept_calibration(self) -> KeptCalibration | None:
        """The newest calibration that was kept of the person; None: there is none."""
        from firingorder.session.kept_calibration import newest_kept  # loads the analysis

        return newest_kept(self.programme_store.folder.parent / "calibrations", self.person)

    def programmes(self) -> tuple[Programme, ...]:
        """Return the programmes of this computer, then those that come with firingorder."""
        return (*self.programme_store.all().found, *templates())

    def may(self, action: Action) -> Refusal | None:
        """Return why something is refused in the hat that is worn; None: it is allowed."""
        return may(self.hat, action, self.facts)

    def problems(
        self, programme: Programme, channels: tuple[str, ...], *, has_imu: bool
    ) -> tuple[Problem, ...]:
        """Return what stands in the way of a programme here and now."""
        facts = self.facts
        return problems(programme, self.exercises, channels, has_imu, self.hat, facts)

    def begin(
        self,
        task: str,
        side: Sides | None = None,
        *,
        simulated: bool = False,
        wired: bool = False,
    ) -> str:
        """Return what the session is told at the beginning of a training.

        ``task`` is done where no programme was chosen. A simulated belt without a person has
        nobody to be asked about pain, and no session on it counts as practice. ``wired``: a wire
        leads from the body to the computer, whose charger has to be unplugged.

        Raises
        ------
        UsageError
            The exercise, or one of the programme, is not known here.
        """
        programme = in_force(self.chosen or single(self.exercises(task), side))
        now = self._now()
        number = f"{now:%Y%m%dT%H%M%S}-{os.urandom(2).hex()}"
        self._keeping = SessionEntries(number, policy=programme.pain_policy, simulated=simulated)
        return begin_text(
            Beginning(
                programme,
                self.facts,
                exercises=self.exercises,
                hat=self.hat,
                questions=bool(self.person) or not simulated,
                seed=int.from_bytes(os.urandom(2)),
                by_ear=False,
                wired=wired,
            )
        )

    def keep(self, told: TrainingFinding) -> None:
        """Keep what a training tells in the log of the person.

        Raises
        ------
        FiringOrderError
            The disk refuses; the entry waits for the next one, and the recording has it too.
        """
        if self._keeping is None:
            return
        entry = self._keeping.entry(told, self._now())
        if entry is None:
            return
        self._entries.append(entry)
        if self._log is not None:
            self._log.add([entry])

    def write(self, entry: Entry) -> None:
        """Keep an entry that is none of a training, as a cleared red flag. Errors as ``keep``."""
        self._entries.append(entry)
        if self._log is not None:
            self._log.add([entry])

    def wear(self, hat: Hat, pin: str = "") -> str:
        """Change the hat; return why it was not changed, empty where it was."""
        stored = self.preferences.pin
        if hat == "person" or not stored:
            self.hat = hat
            return ""
        tries = PinTries(self.preferences.pin_wrong, self.preferences.pin_wrong_s)
        now_s = self._now().timestamp()
        left_s = wait_s(tries, now_s)
        if left_s > 0.0:
            return f"Wait {left_s:.0f} s before the next try."
        if not pin:
            return ASK_PIN
        right = pin_matches(pin, stored)
        tries = tried(tries, right=right, now_s=now_s)
        self.change(pin_wrong=tries.wrong, pin_wrong_s=tries.last_s)
        if right:
            self.hat = hat
        return "" if right else WRONG_PIN

    def set_pin(self, pin: str) -> None:
        """Set the PIN of the Therapist hat; an empty one takes it away.

        Raises
        ------
        UsageError
            Another hat is worn, or the PIN is too short or too long.
        FiringOrderError
            The disk refuses; the PIN holds until the program ends.
        """
        refused = self.may("set_pin")
        if refused is not None:
            raise UsageError(refused.text)
        self.change(pin=hash_pin(pin, os.urandom(SALT_BYTES)) if pin else "")

    def decide(self, act: str, about: str, reason: str) -> None:
        """Write down what the therapist decided about the person (or set the PIN).

        Raises
        ------
        UsageError
            Not in this hat, no reason, or nothing of the kind to be decided.
        FiringOrderError
            The disk refuses; the entry waits for the next one.
        """
        hat, facts, now = self.hat, self.facts, self._now()
        match act:
            case "clear":
                day = now.date().isoformat()
                self.write(clear_flag(hat, facts, about, day, reason, now))
            case "lift":
                self.write(lift_lock(hat, facts, about, reason, now))
            case "open":
                self.write(open_step(hat, facts, about, reason, now))
            case "attach" | "detach":
                self.write(attach(hat, facts, now, attached=act == "attach"))
            case "pin":
                self.set_pin(reason)
            case _:
                raise UsageError(f"There is nothing called {act!r} to be decided.")

    def change(self, **changes: Any) -> None:
        """Change settings; what the disk refuses is told among ``remarks`` and holds for now."""
        self.preferences = replace(self.preferences, **changes)
        try:
            settings.save(self.preferences, self._settings_file)
        except FiringOrderError as error:
            self.remarks.append(str(error))

    def renew_exercises(self) -> Exercises:
        """Read the therapist's copies again, after one was changed."""
        self.exercises, broken = self.exercise_store.exercises()
        self.remarks += [one.why for one in broken]
        self.programme_store.exercises = self.exercises
        return self.exercises

    def take_remark(self) -> str:
        """Return one thing a person should know, once; empty for nothing."""
        return self.remarks.pop(0) if self.remarks else ""

    def _read_log(self) -> None:
        if self._log is None:
            return
        try:
            read = self._log.read()
        except FiringOrderError as error:
            self.remarks.append(str(error))
            return
        self._entries = list(read.entries)
        if read.remark:
            self.remarks.append(read.remark)
