"""The link panel in words: rate, drift, loss, age of the samples, and what may be claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.session.feed import LiveStatus
    from firingorder.session.health import LinkHealth

Tone = Literal["neutral", "good", "warn"]

#: Drift that a crystal does not have (wire_protocol.md section 14, step 4).
CRYSTAL_PPM = 150.0
#: The last digit of the loss that is shown.
SHOWN_LOSS_PERCENT = 0.05
UNKNOWN = "not known yet"

_CLAIMS = {
    "full": "Onset times and order",
    "limited": "Order, with wider intervals",
    "amplitude": "Amplitude only, no order",
}


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line of the panel. The tone is also said by ``note``, never by colour alone."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class LinkPanelView:
    """The whole panel, and the same for a screen reader."""

    title: str
    rows: tuple[PanelRow, ...]
    foot: str
    said: str


def link_panel(status: LiveStatus) -> LinkPanelView:
    """Return what the panel shows of a status."""
    health = status.health
    rows = (
        PanelRow("Connection", health.connection or status.device or UNKNOWN),
        _rate(health),
        _drift(health),
        _loss(health),
        _age(health),
        _clock(health),
        _channels(health),
        _returns(health),
        _claim(health),
    )
    foot = health.why_not_full or ""
    said = "; ".join(f"{row.label}: {row.value} {row.note}".strip() for row in rows)
    return LinkPanelView("Link", rows, foot, f"{said}. {foot}".strip())


def _rate(health: LinkHealth) -> PanelRow:
    if health.rate_hz is None:
        return PanelRow("Sampling rate", UNKNOWN)
    if health.rate_measured_hz is None:
        return PanelRow("Sampling rate", f"{health.rate_hz:g} Hz", "nominal, measuring")
    return PanelRow("Sampling rate", f"{health.rate_measured_hz:.2f} Hz", f"of {health.rate_hz:g}")


def _drift(health: LinkHealth) -> PanelRow:
    if health.drift_ppm is None:
        return PanelRow("Clock drift", "measuring", "the first ten seconds")
    far = abs(health.drift_ppm) > CRYSTAL_PPM
    note = "more than a crystal has" if far else "against this computer"
    ppm = f"{health.drift_ppm:+.1f} ppm".replace("-", "\N{MINUS SIGN}")
    return PanelRow("Clock drift", ppm, note, "warn" if far else "good")


def _loss(health: LinkHealth) -> PanelRow:
    lossy = health.loss_percent >= SHOWN_LOSS_PERCENT
    note = f"{health.lost_samples} samples" if health.lost_samples else "nothing lost"
    return PanelRow("Loss", f"{health.loss_percent:.1f} %", note, "warn" if lossy else "good")


def _age(health: LinkHealth) -> PanelRow:
    if health.age_p50_ms is None or health.age_p95_ms is None:
        return PanelRow("Age on arrival", UNKNOWN)
    note = "median, 95 %"
    if health.least_delay_ms is not None:
        note += f"; plus at most {health.least_delay_ms:.1f}"
    return PanelRow("Age on arrival", f"{health.age_p50_ms:.0f}, {health.age_p95_ms:.0f} ms", note)


def _clock(health: LinkHealth) -> PanelRow:
    if health.clock_uncertainty_ms is None:
        return PanelRow("Time to this computer", UNKNOWN)
    return PanelRow("Time to this computer", f"± {health.clock_uncertainty_ms:.1f} ms", "95 %")


def _channels(health: LinkHealth) -> PanelRow:
    if health.timing_error_ms is None:
        return PanelRow("Between channels", UNKNOWN)
    if health.timing_error_ms == 0.0:
        return PanelRow("Between channels", "no unknown skew", tone="good")
    value = f"± {health.timing_error_ms:.1f} ms"
    return PanelRow("Between channels", value, "in every interval", "warn")


def _returns(health: LinkHealth) -> PanelRow:
    times = {0: "never lost", 1: "lost and back once"}
    value = times.get(health.reconnects, f"lost and back {health.reconnects} times")
    spoilt = [
        f"{count} {what}"
        for count, what in (
            (health.rejected_frames, "damaged"),
            (health.device_dropped_frames, "dropped by the device"),
        )
        if count
    ]
    note = ", ".join(spoilt) if spoilt else "no damaged frames"
    return PanelRow("Link", value, note, "warn" if spoilt or health.reconnects else "good")


def _claim(health: LinkHealth) -> PanelRow:
    if not health.claim:
        return PanelRow("What may be told", UNKNOWN)
    tone: Tone = "good" if health.claim == "full" else "warn"
    return PanelRow("What may be told", _CLAIMS[health.claim], tone=tone)
