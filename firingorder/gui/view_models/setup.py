"""The setup page: every pad with its lights, one thing to do, and whether to go on.

A light that is bad keeps a person from going on; they may say so and go on all the same, and the
recording keeps that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.pages import scored_words
from firingorder.gui.view_models.setup_words import (
    contact_word,
    sensor_word,
    show_words,
    signal_word,
)
from firingorder.report.wording import (
    NOTHING,
    muscle_title,
    plain_channel,
    side_letter,
    split_channel,
)

if TYPE_CHECKING:
    from firingorder.measures import ChannelCheck, Light, SensorCheck, SignalCheck
    from firingorder.session.feed import LiveStatus

RowTone = Literal["good", "warn", "bad", "unknown"]
#: A light changes when it was seen twice in a row, once a second: what was checked anew is known
#: after three looks that began later.
ANEW_S = 3.0
PELVIS_ROW = "pelvis"
REPLAYED = "A recording: nothing to mend here. Enter to continue"
_WORST: tuple[RowTone, ...] = ("good", "unknown", "warn", "bad")


@dataclass(frozen=True, slots=True)
class LightView:
    """One light: its shape comes from ``light``, the word stands beside it."""

    light: Light
    word: str


@dataclass(frozen=True, slots=True)
class SetupRow:
    """One channel, or the pelvis sensor: ``column`` is None, and it has no contact of its own."""

    channel: str
    muscle: str
    letter: str
    title: str
    column: int | None
    noise: str
    contact: LightView | None
    signal: LightView
    instruction: str
    tone: RowTone
    selected: bool
    detail: str = ""

    @property
    def spoken(self) -> str:
        """The row as one sentence for a screen reader."""
        name = f"{self.letter} {self.title}".strip()
        parts = [name]
        if self.contact is not None:
            parts.append(f"contact {self.contact.word}")
        parts.append(f"signal {self.signal.word}" if self.column is not None else self.signal.word)
        parts += [part for part in (self.instruction,) if part]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class SetupView:
    """The whole page.

    ``reference`` is the light of the reference pad: "bad" where it is what to look at. ``asked``
    is what to do so that the selected row moves. ``can_continue`` without an override.
    """

    rows: tuple[SetupRow, ...]
    reference: Light
    scored: str
    summary: str
    summary_tone: RowTone
    asked: str
    can_continue: bool
    can_override: bool
    swap: str
    checking: bool
    spoken: str


class SetupDesk:
    """Which row is selected and what was asked to be checked anew."""

    def __init__(self) -> None:
        self._selected = ""
        self._anew_from_s: float | None = None

    def move(self, status: LiveStatus, step: int) -> None:
        """Select the row ``step`` further down; the ends are ends."""
        names = _row_names(status)
        if names:
            at = names.index(self.selected(status)) + step
            self._selected = names[min(max(at, 0), len(names) - 1)]

    def select(self, name: str) -> None:
        """Select a row by its channel."""
        self._selected = name

    def selected(self, status: LiveStatus) -> str:
        """Return the selected row: the first one until another was chosen."""
        names = _row_names(status)
        return self._selected if self._selected in names else next(iter(names), "")

    def check_anew(self, status: LiveStatus) -> None:
        """Take no light for known that was seen before now."""
        self._anew_from_s = 0.0 if status.check is None else status.check.at_s

    def view(self, status: LiveStatus) -> SetupView:
        """Return the page."""
        check = self._fresh(status.check)
        checking = check is None
        selected = self.selected(status)
        rows = _rows(status, check, selected)
        bad = [row for row in rows if row.tone == "bad"]
        unknown = [row for row in rows if row.tone == "unknown"]
        looking = [row for row in rows if row.tone == "warn"]
        summary, tone = _summary(rows, bad, unknown, looking)
        blocked = bool(bad or unknown or not rows)
        if status.source == "replay":  # what is wrong in it cannot be mended any more
            summary, tone, blocked = REPLAYED, "unknown", False
        swap = swap_muscle(status, selected)
        reference = _reference(rows)
        return SetupView(
            rows=rows,
            reference=reference,
            scored=scored_words(status),
            summary=summary,
            summary_tone=tone,
            asked="" if selected in ("", PELVIS_ROW) else show_words(selected),
            can_continue=not blocked,
            can_override=blocked and bool(rows),
            swap=swap,
            checking=checking and bool(rows),
            spoken=". ".join((summary, *(row.spoken for row in rows if row.tone != "good"))),
        )

    def _fresh(self, check: SignalCheck | None) -> SignalCheck | None:
        """Return the check, or None while it may still tell of what was before."""
        if check is None or self._anew_from_s is None:
            return check
        if not self._anew_from_s <= check.at_s < self._anew_from_s + ANEW_S:
            self._anew_from_s = None  # done, or the device began to count anew
            return check
        return None


def swap_muscle(status: LiveStatus, selected: str) -> str:
    """Return the muscle whose sides can be exchanged, empty where there is only one side."""
    muscle, side = split_channel(selected)
    both = all(f"{muscle}_{one}" in status.channels for one in ("left", "right"))
    return muscle if side and both and status.source != "replay" else ""


def override_words(view: SetupView) -> str:
    """Return what is written into the recording when a person goes on all the same."""
    bad = [_blame(row) for row in view.rows if row.tone == "bad"]
    unknown = [_name(row) for row in view.rows if row.tone == "unknown"]
    parts = [f"went on although not good: {', '.join(bad)}"] if bad else []
    if unknown:
        parts.append(f"not yet checked: {', '.join(unknown)}")
    return f"Setup: {'; '.join(parts)}"


def identified_words(selected: str, moving: tuple[str, ...]) -> str:
    """Return what to say about the rows that move: whether it is the one that was asked for."""
    if not moving or selected in ("", PELVIS_ROW):
        return ""
    if len(moving) > 2:
        return "Several muscles move at once."
    names = [_moving(channel) for channel in moving]
    said = f"{names[0]} moves."
    if len(names) == 2:
        said = f"{names[0]} and {names[1][:1].lower()}{names[1][1:]} move."
    muscle, side = split_channel(selected)
    twin = f"{muscle}_{'left' if side == 'right' else 'right'}"
    if moving == (twin,):
        return f"{said} If you used the {side} one, press X to swap."
    return said


def _moving(channel: str) -> str:
    """Return a channel as its row is called: ``Left glute max``."""
    muscle, side = split_channel(channel)
    title = muscle_title(muscle)
    return f"{side.capitalize()} {title if title.isupper() else title.lower()}".strip()


def _row_names(status: LiveStatus) -> list[str]:
    names = [status.channels[column] for column in strip_order(status.channels)]
    return [*names, PELVIS_ROW] if status.has_imu and names else names


def _rows(status: LiveStatus, check: SignalCheck | None, selected: str) -> tuple[SetupRow, ...]:
    found = {} if check is None else {one.channel: one for one in check.channels}
    rows: list[SetupRow] = []
    for column in strip_order(status.channels):
        name = status.channels[column]
        muscle, side = split_channel(name)
        one = found.get(name)
        contact, signal = _lights(one)
        rows.append(
            SetupRow(
                channel=name,
                muscle=muscle,
                letter=side_letter(side),
                title=muscle_title(muscle),
                column=column,
                noise=_noise(one, calibrated=status.calibrated),
                contact=contact,
                signal=signal,
                instruction=_instruction(one),
                tone=_worse(contact.light, signal.light),
                selected=name == selected,
            )
        )
    if status.has_imu and rows:
        rows.append(_sensor_row(None if check is None else check.sensor, check, selected))
    return tuple(rows)


def _lights(one: ChannelCheck | None) -> tuple[LightView, LightView]:
    if one is None:
        waiting = LightView("unknown", "checking")
        return waiting, waiting
    word = contact_word(one.contact_cause, one.contact)
    if one.impedance_ohm is not None and one.contact in ("good", "warn"):
        word = f"{one.impedance_ohm / 1000.0:.0f} kΩ"
    signal = signal_word(one.signal_cause, one.signal)
    return LightView(one.contact, word), LightView(one.signal, signal)


def _noise(one: ChannelCheck | None, *, calibrated: bool) -> str:
    if one is None or one.noise_uv is None or not calibrated:
        return NOTHING
    return f"{one.noise_uv:.1f} µV" if one.noise_uv < 9.95 else f"{one.noise_uv:.0f} µV"


def _instruction(one: ChannelCheck | None) -> str:
    return "" if one is None else one.instruction.rstrip(".")


def _sensor_row(sensor: SensorCheck | None, check: SignalCheck | None, selected: str) -> SetupRow:
    light: Light = "unknown" if sensor is None else sensor.light
    if sensor is not None and light == "unknown" and sensor.cause == "absent":
        sensor = replace(sensor, cause="", instruction="")  # its first sample is on the way
    word = "checking" if sensor is None else sensor_word(sensor.cause, light)
    parts: list[str] = []
    if sensor is not None and sensor.rate_hz is not None:
        parts.append(f"{sensor.rate_hz:.0f} samples a second")
    if sensor is not None and sensor.bias_deg_s is not None:
        parts.append(f"drift {sensor.bias_deg_s:.1f} °/s")
    # A check that says nothing about the sensor keeps nobody waiting for it.
    tone: RowTone = "good" if sensor is None and check is not None else light
    return SetupRow(
        channel=PELVIS_ROW,
        muscle=PELVIS_ROW,
        letter="",
        title="Pelvis sensor",
        column=None,
        noise="",
        contact=None,
        signal=LightView(light, "not checked" if tone != light else word),
        instruction="" if sensor is None else sensor.instruction.rstrip("."),
        tone=tone,
        selected=selected == PELVIS_ROW,
        detail="  ·  ".join(parts),
    )


def _worse(a: Light, b: Light) -> RowTone:
    return _WORST[max(_WORST.index(a), _WORST.index(b))]


def _reference(rows: tuple[SetupRow, ...]) -> Light:
    """Return the light of the reference pad: what most channels have in common is its doing."""
    blamed = [row for row in rows if "reference pad" in row.instruction]
    return "bad" if any(row.tone == "bad" for row in blamed) else "warn" if blamed else "good"


def _summary(
    rows: tuple[SetupRow, ...],
    bad: list[SetupRow],
    unknown: list[SetupRow],
    looking: list[SetupRow],
) -> tuple[str, RowTone]:
    if not rows:
        return "No pads yet", "unknown"
    without = "or Shift+Enter to go on without"
    if bad:
        pads = sum(row.column is not None for row in bad)
        names = [f"{pads} pad{'s' if pads != 1 else ''}"] if pads else []
        if pads < len(bad):
            names.append("the pelvis sensor")
        rest = "it" if len(bad) == 1 else "them"
        return f"Fix {' and '.join(names)} to continue, {without} {rest}", "bad"
    if unknown:
        return "Checking: lie still for a moment", "unknown"
    if looking:
        one = len(looking) == 1
        count = "One pad" if one else f"{len(looking)} pads"
        if any(row.column is None for row in looking):
            count = "The pelvis sensor" if one else f"{len(looking)} parts"
        return f"{count} could be better. Enter to continue", "warn"
    return "All good. Enter to continue", "good"


def _name(row: SetupRow) -> str:
    return plain_channel(row.channel) if row.column is not None else "pelvis sensor"


def _blame(row: SetupRow) -> str:
    words: list[str] = []
    if row.contact is not None and row.contact.light == "bad":
        words.append(f"contact {row.contact.word}")
    if row.signal.light == "bad":
        words.append(row.signal.word if row.column is None else f"signal {row.signal.word}")
    return f"{_name(row)} ({', '.join(words)})"
