"""The picture of what was refused and why: repetitions, channels, files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from firingorder.report.wording import not_scored_words, plain_channel, reason_words
from firingorder.session.cohort import svg
from firingorder.session.cohort.plots import WIDTH
from firingorder.session.cohort.rows import BETWEEN
from firingorder.session.cohort.svg import Svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firingorder.session.cohort.cohort import Line
    from firingorder.session.cohort.rows import Row

LEFT, RIGHT = 400.0, 860.0
ROW, HEAD = 26.0, 44.0


def quality(lines: Sequence[Line]) -> str:
    """Return what the recordings could not say, and why."""
    picture = Svg(WIDTH)
    blocks = [line.block for line in lines if not line.error]
    repetitions: list[Row] = [row for block in blocks for row in block["repetitions"]]
    scored = [row for row in repetitions if row["scored"]]
    unsure = Counter(reason_words(row["reason"]) for row in scored if row["verdict"] == "unclear")
    left_out = Counter(
        not_scored_words([reason])
        for row in repetitions
        if not row["scored"]
        for reason in row["not_scored"].split(BETWEEN)
    )
    y = _block(
        picture, 0.0, "Scored repetitions without an order, by reason", unsure, len(scored),
        "of {of} scored repetitions",
    )  # fmt: skip
    y = _block(
        picture, y, "Repetitions that were not scored, by reason", left_out, len(repetitions),
        "of {of} repetitions; one may have several reasons",
    )  # fmt: skip
    y = _channels(picture, y, blocks)
    return picture.done(y, "What was refused, and why")


def _channels(picture: Svg, top: float, blocks: Sequence[Mapping[str, Any]]) -> float:
    there: Counter[str] = Counter()
    usable: Counter[str] = Counter()
    why: dict[str, Counter[str]] = {}
    for block in blocks:
        for channel in block["channels"]:
            there[channel["name"]] += 1
            usable[channel["name"]] += channel["usable"]
            why.setdefault(channel["name"], Counter()).update(
                [] if channel["usable"] else channel["reasons"]
            )
    picture.text(16, top + 26, "Channels that could be used", size=15, bold=True)
    y = top + HEAD
    for name in there:
        _row(
            picture, y, plain_channel(name), usable[name], there[name],
            f"{usable[name]} of {there[name]} recordings", svg.ACCENT,
        )  # fmt: skip
        reasons = ", ".join(f"{word.replace('_', ' ')} {n}" for word, n in why[name].most_common(2))
        if reasons:
            picture.text(16, y + 17, reasons, size=12, fill=svg.TEXT2)
        y += ROW
    if not there:
        picture.text(16, y + 17, "no channels", fill=svg.TEXT2)
        y += ROW
    return y + 20


def _block(picture: Svg, top: float, title: str, counts: Counter[str], of: int, unit: str) -> float:
    picture.text(16, top + 26, title, size=15, bold=True)
    picture.text(WIDTH - 16, top + 26, unit.format(of=of), size=13, fill=svg.TEXT2, anchor="end")
    y = top + HEAD
    for words, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        _row(picture, y, words, count, of, str(count), svg.PELVIS)
        y += ROW
    if not counts:
        picture.text(16, y + 17, "none", fill=svg.TEXT2)
        y += ROW
    return y + 20


def _row(picture: Svg, y: float, words: str, count: int, of: int, told: str, fill: str) -> None:
    picture.text(LEFT - 12, y + 17, words, anchor="end")
    picture.rect(LEFT, y + 4, RIGHT - LEFT, ROW - 8, svg.SURFACE2)
    picture.rect(LEFT, y + 4, (RIGHT - LEFT) * count / max(of, 1), ROW - 8, fill)
    picture.text(RIGHT + 12, y + 17, told, size=12, fill=svg.TEXT2)
