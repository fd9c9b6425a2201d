"""What the link panel says."""

from __future__ import annotations

from dataclasses import replace

from firingorder.gui.view_models.link_panel import UNKNOWN, LinkPanelView, link_panel
from firingorder.session.feed import LiveStatus
from firingorder.session.health import LinkHealth

SOUND = LinkHealth(
    rate_hz=1000.0,
    rate_measured_hz=999.97,
    drift_ppm=-31.4,
    age_p50_ms=21.0,
    age_p95_ms=29.0,
    clock_uncertainty_ms=0.4,
    timing_error_ms=0.0,
    claim="full",
    connection="FiringOrder-7788",
)


def _row(view: LinkPanelView, label: str) -> tuple[str, str, str]:
    row = next(row for row in view.rows if row.label == label)
    return row.value, row.note, row.tone


def test_before_anything_is_known_nothing_is_made_up() -> None:
    view = link_panel(LiveStatus(device="the belt"))
    assert _row(view, "Connection")[0] == "the belt"
    for label in ("Sampling rate", "Age on arrival", "Time to this computer", "What may be told"):
        assert _row(view, label)[0] == UNKNOWN
    assert view.foot == ""


def test_a_sound_link_has_no_warning() -> None:
    view = link_panel(LiveStatus(health=SOUND))
    assert all(row.tone != "warn" for row in view.rows)
    assert _row(view, "Sampling rate") == ("999.97 Hz", "of 1000", "neutral")
    assert _row(view, "Clock drift")[0] == "−31.4 ppm"  # noqa: RUF001 - a minus sign


def test_what_is_wrong_is_said_in_words_too() -> None:
    poor = replace(
        SOUND,
        drift_ppm=400.0,
        loss_percent=1.2,
        lost_samples=300,
        reconnects=2,
        rejected_frames=7,
        timing_error_ms=1.0,
        claim="amplitude",
        why_not_full="This device takes 250 samples a second.",
    )
    view = link_panel(LiveStatus(health=poor))
    assert _row(view, "Clock drift")[1:] == ("more than a crystal has", "warn")
    assert _row(view, "Loss") == ("1.2 %", "300 samples", "warn")
    assert _row(view, "Link") == ("lost and back 2 times", "7 damaged", "warn")
    assert _row(view, "What may be told")[0] == "Amplitude only, no order"
    assert view.foot.startswith("This device takes 250")
    assert "1.2 %" in view.said
