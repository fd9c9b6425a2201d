"""What was seen of each clause, and what that makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from firingorder.firmware_bridge.conformance.clauses import CLAUSES, Clause

Verdict = Literal["passed", "failed", "not_testable"]

#: Examples of one failure that are kept; a stream brings hundreds a second.
KEPT_FAILURES = 3
_UNSEEN = "nothing was seen that shows it"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was wrong: in words, with the bytes that show it (as on the wire)."""

    words: str
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What came out for one clause.

    ``seen`` counts observations for and against it; ``reason`` says why it could not be tested.
    """

    clause: Clause
    verdict: Verdict
    seen: int
    failed: int
    measured: str | None
    reason: str | None
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Entry:
    good: int = 0
    bad: int = 0
    measured: str | None = None
    reason: str | None = None
    failures: list[Failure] = field(default_factory=list[Failure])


class Ledger:
    """Collects observations: one against a clause fails it, one for it and none against passes.

    Attributes
    ----------
    doubtful
        Whether frames are missing among what is judged now: nothing is held against the device
        then but the loss itself.
    """

    def __init__(self, clauses: tuple[Clause, ...] = CLAUSES) -> None:
        self.doubtful = False
        self._clauses = {clause.id: clause for clause in clauses}
        self._entries = {clause.id: _Entry() for clause in clauses}

    def good(self, clause: str) -> None:
        """Note an observation for a clause."""
        self._entries[clause].good += 1

    def bad(self, clause: str, words: str, data: bytes = b"") -> None:
        """Note an observation against a clause."""
        if self.doubtful:
            self.skip(clause, "frames were lost while it was tested")
            return
        entry = self._entries[clause]
        entry.bad += 1
        if len(entry.failures) < KEPT_FAILURES:
            entry.failures.append(Failure(words, data))

    def judge(self, clause: str, *, ok: bool, words: str, data: bytes = b"") -> None:
        """Note an observation for or, with these words, against a clause."""
        if ok:
            self.good(clause)
        else:
            self.bad(clause, words, data)

    def measure(self, clause: str, text: str) -> None:
        """Say what was measured."""
        self._entries[clause].measured = text

    def skip(self, clause: str, reason: str) -> None:
        """Say why a clause could not be tested; an observation weighs more."""
        self._entries[clause].reason = reason

    def failed(self, clause: str) -> bool:
        """Return whether anything was seen against a clause."""
        return self._entries[clause].bad > 0

    def result(self, clause: str) -> ClauseResult:
        """Return what came out for a clause."""
        entry = self._entries[clause]
        verdict: Verdict = "not_testable"
        if entry.bad:
            verdict = "failed"
        elif entry.good:
            verdict = "passed"
        return ClauseResult(
            clause=self._clauses[clause],
            verdict=verdict,
            seen=entry.good + entry.bad,
            failed=entry.bad,
            measured=entry.measured,
            reason=(entry.reason or _UNSEEN) if verdict == "not_testable" else None,
            failures=tuple(entry.failures),
        )

    def results(self) -> tuple[ClauseResult, ...]:
        """Return all clauses in the order of the specification's parts."""
        return tuple(self.result(name) for name in self._clauses)
