"""The red flags of the log, as its lines are read. Docs: docs/reference/safety.md section 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from firingorder.training.safety.facts import FlagState
from firingorder.training.safety.flags import BY_ID, is_day
from firingorder.training.safety.session_log import word

if TYPE_CHECKING:
    from collections.abc import Mapping


class FlagLog:
    """How each red flag stands after the lines so far."""

    def __init__(self) -> None:
        self._states: dict[str, FlagState] = {}
        self._before: dict[str, FlagState | None] = {}  # of each answer that may yet be corrected
        self._session = ""
        self._said_yes: set[str] = set()

    def states(self) -> tuple[FlagState, ...]:
        """Return those that were ever answered, in the order of the questions."""
        return tuple(self._states[flag] for flag in BY_ID if flag in self._states)

    def answer(self, key: str, value: Any, day: str, session: str) -> None:
        """Take the answer to "red_flag.r2", "red_flag.r2.sure" or "red_flag.r2.growing".

        A yes counts once it is confirmed; one that was not is as if never answered. Within one
        session an answer may be corrected until training was blocked for it; a later no closes
        nothing that is open.
        """
        flag, _, part = key.removeprefix("red_flag.").partition(".")
        if flag not in BY_ID or not isinstance(value, bool):
            return
        if session != self._session:
            self._session, self._before = session, {}
        before = self._before.setdefault(flag, self._states.get(flag))
        base = before or FlagState(flag, day)
        if part == "growing":
            if flag in self._states:
                self._states[flag] = replace(self._states[flag], growing=value or base.growing)
        elif part == "sure" and value:
            if flag not in self._said_yes:
                return
            opened = BY_ID[flag].blocks or base.open
            self._states[flag] = replace(base, asked=day, yes=True, open=opened)
        elif part == "sure" or not value:
            self._states[flag] = replace(base, asked=day, yes=False)
            self._said_yes.discard(flag)
        elif before is None:
            self._states.pop(flag, None)
        else:
            self._states[flag] = before
        if not part and value:
            self._said_yes.add(flag)

    def blocked(self, key: str) -> None:
        """Take that training was blocked: what is open can no longer be corrected."""
        if key.startswith("red_flag."):
            self._before = {}

    def clear(self, values: Mapping[str, Any]) -> None:
        """Take what a clinician said, entered by a therapist with day and reason."""
        state = self._states.get(word(values.get("flag")))
        reason, day = word(values.get("reason")).strip(), word(values.get("day"))
        if state is None or not reason or not is_day(day):
            return
        self._states[state.flag] = replace(
            state, growing=False, open=False, cleared=day, reason=reason
        )
