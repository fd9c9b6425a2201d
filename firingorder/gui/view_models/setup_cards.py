"""What lies over the setup page when asked for: the guide to the pads, and the raw numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.setup_words import (
    GUIDE_RULES,
    GUIDE_SOURCE,
    PELVIS,
    REFERENCE,
    placement,
)
from firingorder.report.wording import NOTHING, muscle_title, side_letter, split_channel

if TYPE_CHECKING:
    from firingorder.gui.view_models.setup_words import Placement
    from firingorder.measures import ChannelCheck
    from firingorder.session.feed import LiveStatus


@dataclass(frozen=True, slots=True)
class GuideRow:
    """One muscle of the guide, or the reference, or the sensor."""

    muscle: str
    title: str
    site: str
    direction: str
    trial: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """Where everything goes."""

    rows: tuple[GuideRow, ...]
    rules: tuple[str, ...]
    source: str

    @property
    def spoken(self) -> str:
        """The guide as text for a screen reader."""
        return " ".join(f"{row.title}: {row.site} {row.direction} {row.trial}" for row in self.rows)


@dataclass(frozen=True, slots=True)
class RawView:
    """A table of numbers as they are; columns that no channel has are left out."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str

    @property
    def spoken(self) -> str:
        """The table as text for a screen reader."""
        lines = (", ".join(f"{t} {v}" for t, v in zip(self.titles[1:], row[1:], strict=True))
                 for row in self.rows)  # fmt: skip
        return " ".join(f"{row[0]}: {line}." for row, line in zip(self.rows, lines, strict=True))


def guide(status: LiveStatus) -> GuideView:
    """Return the guide for the muscles that are measured, and no others."""
    muscles = dict.fromkeys(split_channel(status.channels[c])[0]
                            for c in strip_order(status.channels))  # fmt: skip
    rows = [_row(placement(muscle), muscle_title(muscle)) for muscle in muscles]
    rows.append(_row(REFERENCE, "Reference"))
    if status.has_imu:
        rows.append(_row(PELVIS, "Pelvis sensor"))
    return GuideView(tuple(rows), GUIDE_RULES, GUIDE_SOURCE)


def _row(one: Placement, title: str) -> GuideRow:
    return GuideRow(one.muscle, title, one.site, one.direction, one.trial)


def raw(status: LiveStatus) -> RawView:
    """Return all numbers of the newest check."""
    check = status.check
    if check is None:
        return RawView(("Channel",), (), "No check yet")
    found = {one.channel: one for one in check.channels}
    names = [status.channels[c] for c in strip_order(status.channels)]
    shown = [found[name] for name in names if name in found]
    unit = "µV" if status.calibrated else "a.u."
    columns = {
        f"Noise {unit}": [_number(one.noise_uv, 2) for one in shown],
        f"Mains {unit}": [_number(one.mains_uv, 2) for one in shown],
        f"Level {unit}": [_number(one.level_uv, 1) for one in shown],
        f"Heart {unit}": [_number(one.ecg_uv, 2) for one in shown],
        "SNR dB": [_number(one.snr_db, 1) for one in shown],
        "Contact kΩ": [_kilo_ohm(one) for one in shown],
        "Contact": [_light(one.contact, one.contact_cause) for one in shown],
        "Signal": [_light(one.signal, one.signal_cause) for one in shown],
    }
    kept = {title: cells for title, cells in columns.items()
            if any(cell != NOTHING for cell in cells)}  # fmt: skip
    rows = tuple(
        (_name(one.channel), *(cells[k] for cells in kept.values())) for k, one in enumerate(shown)
    )
    note = f"Check of {check.at_s:.1f} s"
    sensor = check.sensor
    if sensor is not None:
        rate, bias = _number(sensor.rate_hz, 1), _number(sensor.bias_deg_s, 2)
        note += f"  ·  pelvis sensor {_light(sensor.light, sensor.cause)}, {rate} Hz, {bias} °/s"
    if not status.calibrated:
        note += "  ·  no known gain, so no microvolts"
    return RawView(("Channel", *kept), rows, note)


def _name(channel: str) -> str:
    muscle, side = split_channel(channel)
    return f"{side_letter(side)}  {muscle_title(muscle)}".strip()


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"


def _kilo_ohm(one: ChannelCheck) -> str:
    return NOTHING if one.impedance_ohm is None else f"{one.impedance_ohm / 1000.0:.1f}"


def _light(light: str, cause: str) -> str:
    return f"{light}, {cause}" if cause else light
