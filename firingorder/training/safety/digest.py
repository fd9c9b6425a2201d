"""Reads the log of a person from its first line to its last and says where safety stands."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from firingorder.training.safety.facts import Lock, Practice, SafetyFacts
from firingorder.training.safety.flag_log import FlagLog
from firingorder.training.safety.pain import after_set, as_pain, is_worse_morning, stamp
from firingorder.training.safety.session_log import SessionLog, word
from firingorder.training.safety.step_log import StepLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firingorder.training.safety.entries import Entry
    from firingorder.training.safety.step_log import Happened

#: How many sessions are kept in the facts, and how many of each exercise; the newest messages.
SESSIONS, PRACTICES, MESSAGES = 10, 3, 20
#: Usual pain is the median of so many starts, told from so few on: proposals
#: (docs/reference/safety.md section 3).
USUAL_OF, USUAL_FROM = 5, 3


def stamps(pains: Iterable[int | None]) -> tuple[str, ...]:
    """Return the stamp of each session, oldest first, from the pain before each."""
    found: list[str] = []
    before: list[int] = []
    for pain in pains:
        usual = float(median(before[-USUAL_OF:])) if len(before) >= USUAL_FROM else None
        found.append(stamp(pain, usual))
        if pain is not None:
            before.append(pain)
    return tuple(found)


def digest(entries: Iterable[Entry], today: str) -> SafetyFacts:
    """Return what the log says on this day.

    Lines count in the order in which they were written: clocks may have been wrong. Values that
    make no sense are passed over. Sessions on a simulated belt and starts that were not followed
    by training count for red flags alone.

    Parameters
    ----------
    entries
        Of one person.
    today
        "2026-11-21", where the person is.
    """
    reader = _Reader(today)
    for one in entries:
        reader.read(one)
    return reader.facts()


class _Reader:
    """Takes one line after the other."""

    def __init__(self, today: str) -> None:
        self._today = today
        self._sessions: dict[str, SessionLog] = {}
        self._current = ""
        self._began = False
        self._therapist = False
        self._flags = FlagLog()
        self._happened: list[Happened] = []
        self._locks: dict[tuple[str, bool], Lock] = {}
        self._messages: list[str] = []
        self._read = {
            "session_started": self._session_started,
            "question_answered": self._question_answered,
            "blocked": self._blocked,
            "pain": self._pain,
            "set_ended": self._set_ended,
            "stop": self._stop,
            "stop_answered": self._stop_answered,
            "override": self._override,
            "clearance": self._clearance,
            "therapist": self._attached,
        }

    def read(self, one: Entry) -> None:
        read = self._read.get(one.kind)
        if read is not None:
            read(one, one.values)

    def facts(self) -> SafetyFacts:
        trained = [session for session in self._sessions.values() if session.trained]
        starts = [one.before for one in trained if one.before is not None][-USUAL_OF:]
        locks = tuple(self._locks.values())
        steps = StepLog().follow(self._happened, locks, self._today)
        return SafetyFacts(
            today=self._today,
            first_use=not self._began,
            therapist=self._therapist,
            flags=self._flags.states(),
            sessions=tuple(one.pain() for one in trained[-SESSIONS:]),
            usual_pain=float(median(starts)) if len(starts) >= USUAL_FROM else None,
            practice=_newest(trained),
            unlocked=tuple(steps.opened),
            overrides=tuple(key for key, by_therapist in steps.opened.items() if by_therapist),
            stepped_back=tuple(steps.back.values()),
            locks=locks,
            kept=next((tuple(one.kept) for one in reversed(trained) if one.kept), ()),
            messages=tuple(self._messages[-MESSAGES:]),
        )

    def _session(self, one: Entry) -> SessionLog:
        self._current = word(one.values.get("session")) or self._current
        session = self._sessions.get(self._current)
        if session is None:
            session = self._sessions[self._current] = SessionLog(self._current, one.day)
            self._happened.append(session)
        return session

    def _session_started(self, one: Entry, values: Mapping[str, Any]) -> None:
        self._began = True
        if not word(values.get("session")):
            self._current = f"{one.utc}#{len(self._sessions)}"
        session = self._session(one)
        session.simulated = values.get("simulated") is True
        if values.get("policy") == "traffic_light":
            session.policy = "traffic_light"

    def _question_answered(self, one: Entry, values: Mapping[str, Any]) -> None:
        key = word(values.get("key"))
        if key.startswith("red_flag."):
            self._session(one)
            self._flags.answer(key, values.get("answer"), one.day, self._current)
        elif key in ("pain_before", "pain_morning"):
            self._number(one, key.removeprefix("pain_"), values.get("answer"), values)

    def _blocked(self, _one: Entry, values: Mapping[str, Any]) -> None:
        self._flags.blocked(word(values.get("key")))

    def _pain(self, one: Entry, values: Mapping[str, Any]) -> None:
        self._number(one, word(values.get("when")), values.get("pain"), values)

    def _number(self, one: Entry, when: str, answer: object, values: Mapping[str, Any]) -> None:
        pain, exercise = as_pain(answer), word(values.get("exercise"))
        if when == "morning":
            self._morning(one, pain)
        elif pain is not None and when == "before":
            self._session(one).before = pain
        elif pain is not None and when == "after":
            self._session(one).after = pain
        elif pain is not None and when == "set" and exercise:
            self._set_pain(one, exercise, pain)

    def _set_pain(self, one: Entry, exercise: str, pain: int) -> None:
        session = self._session(one)
        session.add_pain(exercise, pain)
        follows = after_set(session.policy, session.before, pain)
        if follows.lock:
            whole = follows.kind in ("end_exercise", "end_session")
            self._lock(one, exercise, f"The pain was {pain} of 10 today.", whole=whole)

    def _set_ended(self, one: Entry, values: Mapping[str, Any]) -> None:
        exercise, session = word(values.get("exercise")), self._session(one)
        if exercise:
            session.of(exercise).set_ended(values)
            session.moved = session.moved or session.of(exercise).found > 0
            if values.get("retention") == "after":
                session.keep(exercise, one.day, values)

    def _stop(self, one: Entry, values: Mapping[str, Any]) -> None:
        exercise = word(values.get("exercise"))
        if exercise:
            session = self._session(one)
            session.of(exercise).stopped = True
            session.moved = session.moved or values.get("state") == "work"
            self._lock(one, exercise, "It was stopped today.", whole=False)

    def _stop_answered(self, one: Entry, values: Mapping[str, Any]) -> None:
        key, answer = values.get("key"), values.get("answer")
        exercise, pain = word(values.get("exercise")), as_pain(answer)
        if exercise and key == "stop_pain" and pain is not None:
            self._set_pain(one, exercise, pain)
        if exercise and key == "stop_why" and answer == "pain":
            self._lock(one, exercise, "It was stopped for pain today.", whole=True)

    def _override(self, one: Entry, values: Mapping[str, Any]) -> None:
        if not _by_therapist(values) or not word(values.get("reason")).strip():
            return
        key = word(values.get("key"))
        if key == "lock" and one.day == self._today:
            self._locks.pop((word(values.get("exercise")), True), None)
        elif key != "lock":
            self._happened.append(key)

    def _clearance(self, _one: Entry, values: Mapping[str, Any]) -> None:
        if _by_therapist(values):
            self._flags.clear(values)

    def _attached(self, _one: Entry, values: Mapping[str, Any]) -> None:
        if _by_therapist(values):
            self._therapist = values.get("attached") is True

    def _morning(self, one: Entry, pain: int | None) -> None:
        """Give the pain of the morning after to the newest session of an earlier day."""
        session = next(
            (had for had in reversed(self._sessions.values()) if had.trained and had.day < one.day),
            None,
        )
        if session is None or session.morning_asked:
            return
        session.morning, session.morning_asked = pain, True
        if is_worse_morning(session.before, pain):
            why = morning_words(session.day, session.before, pain)
            # It is told in a session that is done after the step back, so it comes before that.
            now = self._session(one)
            place = next(k for k, had in enumerate(self._happened) if had is now)
            self._happened.insert(place, (session, one.day, why))
            self._messages.append(message_words(why, session.work))

    def _lock(self, one: Entry, exercise: str, why: str, *, whole: bool) -> None:
        if one.day == self._today:
            self._locks[exercise, whole] = Lock(exercise, why, whole)


def morning_words(day: str, before: int | None, morning: int | None) -> str:
    """Return why there is a step back, in one sentence."""
    return f"The morning after {day} the pain was {morning}, before that session {before}."


def message_words(why: str, exercises: Iterable[str]) -> str:
    """Return what the therapist reads of it."""
    done = ", ".join(one.replace("_", " ") for one in exercises)
    return f"{why} Done: {done}. One step back."


def _by_therapist(values: Mapping[str, Any]) -> bool:
    return values.get("hat") == "therapist"


def _newest(trained: list[SessionLog]) -> tuple[Practice, ...]:
    by_exercise: dict[str, list[Practice]] = {}
    for session in trained:
        for one in session.practice():
            by_exercise.setdefault(one.exercise, []).append(one)
    return tuple(one for done in by_exercise.values() for one in done[-PRACTICES:])
