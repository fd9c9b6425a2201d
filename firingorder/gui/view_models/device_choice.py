"""The card on which a device is chosen: found, by an address that is typed, or simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.answering import Choice
from firingorder.gui.view_models.coach_card import HELD_STOPS, CoachCard
from firingorder.session.addresses import DEMO
from firingorder.session.device_search import SCAN_S, Found

if TYPE_CHECKING:
    from firingorder.gui.view_models.live_model import LiveModel
    from firingorder.session.device_search import Findings

#: The row behind which an address is typed; no device has this address.
TYPED = Found("", "Type an address")
SIMULATED = Found(DEMO, "The simulated belt", "Nothing of it is recorded.")
#: More rows would be smaller than can be read; the others come when the choice moves on.
MOST_ROWS = 6
#: An address longer than this is none: the longest have a path and a name in them.
LONGEST = 300
NOT_NOW = "A session is running. Hold Ctrl+E to end it: then another device can be chosen."
_HINT = "As in serial:/dev/ttyACM0, ble:NAME, tcp://HOST:PORT or sim:bridge"
_BEFORE = ("idle", "refused", "closed")


def may_choose(model: LiveModel) -> bool:
    """Return whether no measurement is cut off by another device."""
    return model.now_s <= 0.0 or model.status.connection in _BEFORE


def rows_of(findings: Findings) -> tuple[Found, ...]:
    """Return what can be chosen, in the order of the card."""
    return (*findings.found, TYPED, SIMULATED)


def list_card(
    findings: Findings, at: int, *, searched_s: float = 0.0, refused: str = ""
) -> CoachCard:
    """Return the list with row ``at`` chosen.

    ``searched_s``: how long it has been searched; ``refused``: why the last choice cannot be.
    """
    rows = rows_of(findings)
    at = min(max(at, 0), len(rows) - 1)
    first = min(max(0, at - MOST_ROWS + 2), max(0, len(rows) - MOST_ROWS))
    shown = rows[first : first + MOST_ROWS]
    lines = (refused or rows[at].advice, *_progress(findings, searched_s))
    return CoachCard(
        "form",
        "Choose a device",
        tuple(line for line in lines if line),
        choices=tuple(Choice(one.address, _words(one), "") for one in shown),
        selected=at - first,
        count=f"{at + 1} of {len(rows)}" if len(rows) > MOST_ROWS else "",
        foot="↑  ↓  then Enter: open it  ·  R: search again  ·  Esc: back",
        pedal=HELD_STOPS,
    )


def typing_card(typed: str, refused: str = "") -> CoachCard:
    """Return the line to type an address; ``refused``: what is wrong with the last one."""
    return CoachCard(
        "form",
        "Type an address",
        (refused or _HINT,),
        writing=typed,
        foot="Type or Ctrl+V, then Enter: open it  ·  Esc: back",
        pedal=HELD_STOPS,
    )


def _words(row: Found) -> str:
    if row in (TYPED, SIMULATED):
        return row.words
    return f"{row.address}  ·  {row.words}" if row.words else row.address


def _progress(findings: Findings, searched_s: float) -> tuple[str, ...]:
    """Say how far the search is, or what it could not search."""
    if not findings.over:
        at = min(int(searched_s), int(SCAN_S))
        return (f"Cables are looked at; Bluetooth is listened to: {at} of {SCAN_S:.0f} s.",)
    if not findings.found:
        return ("Nothing was found. Plug the belt in, or switch it on.", *findings.missing)
    return findings.missing
