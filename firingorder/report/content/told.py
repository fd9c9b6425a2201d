"""What was told of a repetition while it went on, against what the whole of it came to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from firingorder.report.wording import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firingorder.findings import RepetitionFinding, RepetitionVerdict
    from firingorder.report.content.records import Material

    Against = Literal["same", "clearer", "withdrawn", "changed", "reversed", "untold"]

NOT_KEPT = "not recorded: only the result of a session that ended by itself has it"
NOTHING_ASKED = "no repetition with an order"
_ORDERS = {"glutes_first", "back_first"}


def told_against(told: RepetitionVerdict | None, found: RepetitionVerdict) -> Against:
    """Return how what was told compares with what the whole repetition came to."""
    if told is None:
        return "untold"
    if told == found:
        return "same"
    if told == "unclear":
        return "clearer"
    if found == "unclear":
        return "withdrawn"
    return "reversed" if {told, found} == _ORDERS else "changed"


def told_line(material: Material) -> str:
    """Return how many repetitions were told live as they came to be; nothing is hand-set here."""
    found = material.found.automatic or material.found.repetitions
    asked = [one for one in found if one.reason != "not_asked"]
    if material.told_live is None:
        return NOT_KEPT
    return told_words(asked, material.told_live)


def told_words(
    repetitions: Iterable[RepetitionFinding], told: Mapping[int, RepetitionVerdict]
) -> str:
    """Return ``11 of 12 the same; 1 told as "can't tell" has an order now; 0 reversed``."""
    count = Counter(told_against(told.get(one.index), one.verdict) for one in repetitions)
    if not count:
        return NOTHING_ASKED
    live = count.total() - count["untold"]
    unclear = VERDICT_WORDS["unclear"].lower()
    said = [f"{count['same']} of {live} the same"] if live else ["none was told"]
    further = (
        ("clearer", f'told as "{unclear}", clear now'),
        ("withdrawn", f'told as an answer, "{unclear}" now'),
        ("changed", "between together and an order"),
    )
    said += [f"{count[key]} {words}" for key, words in further if count[key]]
    if live:
        said.append(f"{count['reversed']} reversed")
    if live and count["untold"]:
        said.append(f"{count['untold']} not told live")
    return "; ".join(said)
