"""CPU time of the window: a full frame of every view, and memory of the strips.

Process time is measured, not frames per second: it does not depend on what else the machine does.
8 channels of 2 kHz, a pelvis IMU, repetitions on the screen, 1280 x 800, 30 frames a second; the
feed is prepared beforehand. Run: ``python -m benchmarks.bench_gui``.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from firingorder.calibration.view import ChannelRow, StepState, WizardView
from firingorder.findings import OnsetEstimate, PhaseFinding, RepetitionFinding
from firingorder.gui.floor_window import FloorWindow
from firingorder.gui.window import LiveWindow
from firingorder.measures import ChannelCheck, SensorCheck, SignalCheck
from firingorder.montage import DEFAULT_EIGHT
from firingorder.report.theme import DARK
from firingorder.samples import DisplayBlock, PelvisBlock
from firingorder.session.feed import FeedUpdate, LiveStatus
from firingorder.training.coaching.view import CoachView
from firingorder.training.goals.records import Judged, Meter
from firingorder.training.programmes.records import PlannedSet, Target

if TYPE_CHECKING:
    from firingorder.gui.view_models.pages import PageName

SIZE = (1280, 800)
RATE_HZ, IMU_HZ, FRAMES_PER_S = 2000.0, 200.0, 30
WARM_FRAMES, FRAMES, RUNS = 330, 150, 5
BAR_MS = 4.0


class PreparedFeed:
    """A session whose updates are made before the clock starts."""

    def __init__(self, frames: int, *, wizard: bool = False, led: bool = False) -> None:
        self._wizard, self._led = wizard, led
        self.status = LiveStatus(
            connection="streaming",
            channels=DEFAULT_EIGHT,
            has_imu=True,
            lead_off=(False,) * 8,
            battery_percent=80.0,
            recording="bench.mcap",
            task_name="Bilateral bridge",
            check=_check(),
            source="simulated",  # a real belt waits for a training first
        )
        self.updates = [self._update(k) for k in range(frames)]
        self.next = 0

    def poll(self) -> FeedUpdate:
        """Return the next prepared update."""
        update = self.updates[min(self.next, len(self.updates) - 1)]
        self.next += 1
        return update

    def pause(self) -> None:
        """Nothing is paused here."""

    def resume(self) -> None:
        """Nothing is resumed here."""

    def mark(self, text: str) -> None:
        """Nothing is marked here."""

    def align(self) -> None:
        """Do nothing: there is no pelvis sensor of its own."""

    def calibrate(self, name: str, text: str = "") -> None:
        """Nothing is calibrated here."""

    def next_set(self) -> None:
        """There is one set."""

    def train(self, name: str, text: str = "") -> None:
        """Nobody is trained here."""

    def mute(self, *, muted: bool) -> None:
        """Nothing is heard here."""

    def volume(self, volume: float) -> None:
        """Nothing is heard here."""

    def stop(self) -> None:
        """Nothing runs."""

    def _update(self, k: int) -> FeedUpdate:
        n, first = round(RATE_HZ / FRAMES_PER_S), round(k * RATE_HZ / FRAMES_PER_S)
        rng = np.random.default_rng(k)
        t = (first + np.arange(n)) / RATE_HZ
        level = 2.0 + 120.0 * ((t % 4.0) < 2.5)[:, None] * np.ones(8)
        emg = level * rng.normal(size=(n, 8))
        block = DisplayBlock(first, first / RATE_HZ, RATE_HZ, emg, level, np.zeros((n, 8), bool))
        m = round(IMU_HZ / FRAMES_PER_S)
        lift = 30.0 * np.sin(t[:m] * 0.8) ** 2
        zero = np.zeros(m)
        pelvis = PelvisBlock(float(t[0]), IMU_HZ, lift, lift, zero, zero)
        events = self._events(k)
        status = replace(self.status, elapsed_s=float(t[0]))
        if self._wizard:
            status = replace(status, wizard=_wizard_view(k / FRAMES_PER_S))
        if self._led:
            status = replace(status, coach=_coach_view(k / FRAMES_PER_S))
        return FeedUpdate((block,), (pelvis,), events, status)

    def _events(self, k: int) -> tuple[Any, ...]:
        if k % (4 * FRAMES_PER_S) != 3 * FRAMES_PER_S:
            return ()
        index, start = k // (4 * FRAMES_PER_S) + 1, k / FRAMES_PER_S - 3.0
        onsets: dict[str, OnsetEstimate | None] = {
            c: OnsetEstimate(start + 0.01 * j, start + 0.01 * j - 0.01, start + 0.01 * j + 0.01)
            for j, c in enumerate(DEFAULT_EIGHT)
        }
        rep = RepetitionFinding(
            index, 1, start, start, start + 1, start + 2.8, True, (), onsets, (),
            "glutes_first", None, "both", 60.0, 40.0, 80.0, None, (), (), start + 3.0,
        )  # fmt: skip
        return (rep, PhaseFinding("hold", start + 3.0, index))


class EmptyWindow(QWidget):
    """Fills itself and does nothing else: the floor under every frame."""

    def paintEvent(self, event: object) -> None:  # noqa: N802
        """Fill the window."""
        p = QPainter(self)
        p.fillRect(self.rect(), DARK.background)
        p.end()


def _check() -> SignalCheck:
    """Return a check with one bad pad: its row is tinted, its instruction takes two lines."""
    rows = [
        ChannelCheck(name, "good", "", "good", "", "", noise_uv=2.4, impedance_ohm=7e3)
        for name in DEFAULT_EIGHT
    ]
    said = "Wet the skin under the pads on the left back of the thigh."
    rows[4] = replace(rows[4], contact="bad", contact_cause="loose", instruction=said)
    return SignalCheck(1.0, tuple(rows), SensorCheck("good", "", "", 100.0, 0.2))


def _wizard_view(at_s: float) -> WizardView:
    """Return a squeeze of three seconds after three of rest: ring and bar move in every frame."""
    phase_s = at_s % 3.0
    state: StepState = "go" if at_s % 6.0 < 3.0 else "rest"
    level = 0.5 + 0.4 * float(np.sin(at_s * 2.0))
    rows = tuple(ChannelRow(n, n.startswith("gluteus_max"), level, 84.0) for n in DEFAULT_EIGHT)
    return WizardView(
        step="squeeze_glutes", number=3, total=7, state=state, title="Squeeze your glutes",
        instruction="Squeeze both glutes comfortably firm, without pain.",
        voice_key=f"squeeze_glutes.{state}", voice_text="Squeeze." if state == "go" else "Let go.",
        remaining_s=3.0 - phase_s, total_s=3.0, trial=2, trials=3, level=level, target=0.8,
        reasons=(), rows=rows, can_start=False, can_keep=False, can_redo=True, can_skip=True,
        can_back=True, can_swap=False, effort="% of calibration",
    )  # fmt: skip


def _coach_view(at_s: float) -> CoachView:
    """Return a set that is led: countdown, bars and results change, some of it in every frame."""
    planned = PlannedSet(
        item=0, set_number=1, sets=2, exercise="iso_supine", name="Squeeze", kind="work",
        mode="activate", target=Target("level_percent", 40.0, 70.0), side="both", reps=10,
        hold_s=3.0, tempo_s=None, rest_s=60.0, schedule="concurrent", feedback=(True,) * 10,
    )  # fmt: skip
    level = 55.0 + 40.0 * float(np.sin(at_s * 2.0))
    meters = (
        Meter("Glutes", level, 40.0, 70.0, 120.0, "%", "up", 40.0 <= level <= 70.0),
        Meter("Back", level / 3.0, None, 25.0, 120.0, "%", "quieter", True),
    )
    done = int(at_s // 4.0) % 10
    history = tuple(
        Judged(n + 1, n + 1, "hit", "level_percent", 52.0, 48.0, 56.0, "%", planned.target,
               True, "Reached", "52 % for 3 s")
        for n in range(done)
    )  # fmt: skip
    return CoachView(
        "work", (planned,) * 2, 0, "Squeeze", "Do what you hear; Space stops.", phase="squeeze",
        phase_left_s=round(3.0 - at_s % 3.0, 1), phase_total_s=3.0, done=done, asked=10,
        history=history, told=history[-1] if history else None, meters=meters,
        tone=(level / 120.0, None), can_skip=True,
    )  # fmt: skip


def _frame_ms(step: Any, frames: int) -> float:
    began = time.process_time()
    for _ in range(frames):
        step()
        QCoreApplication.processEvents()
    return (time.process_time() - began) / frames * 1e3


def _live_ms(*, floor: bool) -> tuple[float, int, int]:
    feed = PreparedFeed(WARM_FRAMES + FRAMES * RUNS + 2)
    window = LiveWindow(feed, floor=False)
    window._timer.stop()  # noqa: SLF001  frames are stepped here, not by the clock
    window.resize(*SIZE)
    window.show()
    if floor:
        window.show_floor(floor=True)
    _frame_ms(window.tick, WARM_FRAMES)
    ring = window.desk.strips.ring
    before = ring.nbytes if ring else 0
    took = [_frame_ms(window.tick, FRAMES) for _ in range(RUNS)]
    after = window.desk.strips.ring.nbytes if window.desk.strips.ring else 0
    window.close()
    return statistics.median(took), before, after


def _led_ms(*, floor: bool = False, second: bool = False) -> float:
    """Return the cost of a frame while a coach leads; ``second``: desk and a floor window."""
    feed = PreparedFeed(WARM_FRAMES + FRAMES * RUNS + 2, led=True)
    window = LiveWindow(feed)
    window._timer.stop()  # noqa: SLF001  frames are stepped here, not by the clock
    window.resize(*SIZE)
    window.show()
    if floor:
        window.show_floor(floor=True)
    if second:
        screen = window.screen()  # the platform of the benchmark has one: both share it
        window.second.window = FloorWindow(window._theme, window, screen)  # noqa: SLF001
        window.second.window.resize(*SIZE)
    _frame_ms(window.tick, WARM_FRAMES)
    took = [_frame_ms(window.tick, FRAMES) for _ in range(RUNS)]
    window.close()
    return statistics.median(took)


def _hour_growth_mb() -> float:
    """Return by how much the process grows over 60 minutes of a led set, after the first ten."""
    minutes = 60
    feed = PreparedFeed(4 * FRAMES_PER_S * 30, led=True)
    window = LiveWindow(feed)
    window._timer.stop()  # noqa: SLF001  frames are stepped here, not by the clock
    window.resize(*SIZE)
    window.show()
    frames_per_minute = 60 * FRAMES_PER_S // 10  # every tenth frame of each minute
    after_ten = 0.0
    for minute in range(minutes):
        for _ in range(frames_per_minute):
            if feed.next >= len(feed.updates):
                feed.next = 0
            window.tick()
        QCoreApplication.processEvents()
        if minute == 9:
            after_ten = _resident_mb()
    grown = _resident_mb() - after_ten
    window.close()
    return grown


def _resident_mb() -> float:
    """Return the resident memory of this process."""
    gc.collect()
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _page_ms(page: PageName) -> float:
    """Return the cost of a frame of a page that prepares."""
    feed = PreparedFeed(WARM_FRAMES + FRAMES * RUNS + 2, wizard=page == "calibrate")
    window = LiveWindow(feed, page=page)
    window._timer.stop()  # noqa: SLF001  frames are stepped here, not by the clock
    window.resize(*SIZE)
    window.show()
    _frame_ms(window.tick, WARM_FRAMES)
    took = [_frame_ms(window.tick, FRAMES) for _ in range(RUNS)]
    window.close()
    return statistics.median(took)


def _empty_ms() -> float:
    window = EmptyWindow()
    window.resize(*SIZE)
    window.show()
    _frame_ms(window.update, 30)
    took = [_frame_ms(window.update, FRAMES) for _ in range(RUNS)]
    window.close()
    return statistics.median(took)


def run() -> list[dict[str, Any]]:
    """Return the measured values, each with its unit and its bar (None: for information)."""
    _app = QApplication.instance() or QApplication(["bench"])
    empty = _empty_ms()
    desk, before, after = _live_ms(floor=False)
    floor, _, _ = _live_ms(floor=True)
    setup, wizard = _page_ms("setup"), _page_ms("calibrate")
    led_desk, led_floor, both = _led_ms(), _led_ms(floor=True), _led_ms(second=True)
    return [
        {"name": "empty window", "value": empty, "unit": "ms CPU/frame", "bar": None},
        {"name": "desk view", "value": desk, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "floor view", "value": floor, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "desk coached", "value": led_desk, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "floor coached", "value": led_floor, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "second screen", "value": both, "unit": "ms CPU/frame", "bar": 2 * BAR_MS},
        {"name": "setup page", "value": setup, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "calibration page", "value": wizard, "unit": "ms CPU/frame", "bar": BAR_MS},
        {"name": "desk / empty window", "value": desk / empty, "unit": "ratio", "bar": None},
        {"name": "floor / empty window", "value": floor / empty, "unit": "ratio", "bar": None},
        {"name": "60 min led, growth", "value": _hour_growth_mb(), "unit": "MB", "bar": 5.0},
        {"name": "strip ring growth", "value": float(after - before), "unit": "bytes", "bar": 0.0},
    ]


if __name__ == "__main__":
    for row in run():
        bar = "" if row["bar"] is None else f"   (bar {row['bar']:g})"
        print(f"{row['name']:<22} {row['value']:8.2f} {row['unit']}{bar}")
