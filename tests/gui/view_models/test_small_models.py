"""Hold, type sizes, pelvis trace, and that none of it needs Qt."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from firingorder.gui.view_models import library_desk, trends_desk, type_scale
from firingorder.gui.view_models.hold import Hold
from firingorder.gui.view_models.pages import PAGES
from firingorder.gui.view_models.pelvis_trace import PelvisTrace
from firingorder.samples import PelvisBlock

ROOT = Path(__file__).resolve().parents[3]


def test_view_models_and_wording_import_no_qt() -> None:
    names = [
        f"firingorder.gui.view_models.{path.stem}"
        for path in sorted((ROOT / "firingorder/gui/view_models").glob("*.py"))
    ]
    names += ["firingorder.report.wording", "firingorder.report.ladder"]
    code = f"import sys, {', '.join(names)}; sys.exit(any('PySide6' in m for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_hold_needs_its_whole_time() -> None:
    hold = Hold(1.0)
    hold.press(10.0)
    assert not hold.take(10.99)
    assert hold.share(10.5) == pytest.approx(0.5)
    assert hold.take(11.0)
    assert not hold.take(12.0)  # once


def test_letting_go_undoes_a_hold_and_a_second_press_does_not_restart_it() -> None:
    hold = Hold(1.0)
    hold.press(10.0)
    hold.release(10.9)
    assert not hold.take(20.0)
    hold.press(30.0)
    hold.press(30.9)
    assert hold.take(31.0)


def test_the_repeats_of_a_held_key_do_not_undo_its_hold() -> None:
    hold = Hold(1.0)
    hold.press(10.0)
    for k in range(20):  # pairs that the system sends, a little apart
        hold.release(10.5 + 0.04 * k)
        assert not hold.take(10.51 + 0.04 * k) or k > 11
        hold.press(10.52 + 0.04 * k, repeated=True)
    assert not hold.active
    assert hold.held(11.3)  # still down, its work is done
    assert not hold.take(13.0)


def test_a_hold_let_go_just_before_its_end_is_not_done() -> None:
    hold = Hold(1.0)
    hold.press(10.0)
    hold.release(10.97)
    assert not hold.take(11.02)
    assert not hold.take(11.2)
    assert not hold.held(11.2)


def test_a_key_that_went_down_for_something_else_must_come_up_first() -> None:
    hold = Hold(1.0)
    hold.spend(10.0)
    hold.press(10.5)
    assert not hold.take(12.0)
    hold.release(12.0)
    hold.press(12.05)  # a finger, however quick
    assert hold.take(13.05)


def test_a_hold_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        Hold(0.0)


@pytest.mark.parametrize(
    ("pitch_mm", "expected_px"),
    [(531 / 1920, 87), (344 / 1920, 134), (597 / 2560, 103), (1209 / 1920, 38)],
)
def test_type_sizes_at_three_metres(pitch_mm: float, expected_px: int) -> None:
    """24 inch FHD, 15.6 inch FHD, 27 inch QHD, 55 inch FHD television (screens page)."""
    assert type_scale.needed_px(3.0, pitch_mm) == pytest.approx(expected_px, abs=1)


def test_needed_size_and_reach_are_inverse() -> None:
    px = type_scale.needed_px(2.0, 0.25)
    assert type_scale.readable_m(px, 0.25) == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("size", [(1920, 0.0), (0, 500.0), (1920, 16.0), (1920, 9000.0)])
def test_a_screen_that_lies_is_taken_for_a_usual_one(size: tuple[int, float]) -> None:
    assert type_scale.pitch_mm(type_scale.ScreenSize(*size)) == type_scale.FALLBACK_PITCH_MM


def test_words_grow_with_distance_within_their_room() -> None:
    pitch = type_scale.FALLBACK_PITCH_MM
    growth = [type_scale.floor_growth(d, pitch, 0.6) for d in (1, 2, 3, 6)]
    assert growth == sorted(growth)
    assert growth[0] == 1.0
    assert growth[-1] == 1.6


def pelvis(t0: float, lift: np.ndarray, rate: float = 100.0) -> PelvisBlock:
    zero = np.zeros_like(lift)
    return PelvisBlock(t0, rate, lift, zero, zero, zero)


def test_the_lift_is_read_between_its_samples_and_not_across_a_gap() -> None:
    trace = PelvisTrace(15.0)
    trace.append(pelvis(0.0, np.linspace(0.0, 10.0, 101)))
    trace.append(pelvis(2.0, np.full(50, 20.0)))
    lift = trace.sampled(np.array([-0.1, 0.505, 1.5, 2.2, 9.0]))
    assert lift[1] == pytest.approx(5.05)
    assert lift[3] == pytest.approx(20.0)
    assert np.isnan(lift[[0, 2, 4]]).all()


def test_the_lift_forgets_what_is_old_and_keeps_its_scale() -> None:
    trace = PelvisTrace(1.0)
    trace.append(pelvis(0.0, np.full(100, 80.0)))
    assert trace.scale_deg() == 90.0
    trace.append(pelvis(5.0, np.full(100, 12.0)))
    assert trace.scale_deg() == 20.0
    assert trace.newest_deg == 12.0
    assert np.isnan(trace.sampled(np.array([0.5]))).all()


def test_without_samples_there_is_no_lift() -> None:
    trace = PelvisTrace(1.0)
    trace.append(pelvis(0.0, np.zeros(0)))
    assert trace.newest_deg is None
    assert np.isnan(trace.sampled(np.zeros(3))).all()


def test_the_way_of_the_window_comes_before_that_of_the_command_line() -> None:
    """Trends said "A session with --person CODE makes the first one" to who had the window open."""
    for words, own in (
        (trends_desk.NOBODY, f"({page_key('library')})"),
        (trends_desk.NO_OWN, "Ctrl+H"),
        (library_desk.NO_OWN, "Ctrl+H"),
    ):
        assert 0 <= words.find(own) < words.find("--person CODE")


def page_key(name: str) -> str:
    return next(page.key for page in PAGES if page.name == name)
