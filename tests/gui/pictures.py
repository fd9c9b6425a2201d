"""Take pictures of every screen and state: ``python -m tests.gui.pictures FOLDER [KIND]``.

KIND is ``pages``, ``coached``, or ``golden``: those that test_golden.py compares, into
``tests/gui/golden``, after a change that was looked at and is meant.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import qVersion
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from firingorder.findings import QualityFinding, RepetitionVerdict
from firingorder.gui.view_models.telling import Telling
from firingorder.gui.window import LiveWindow
from firingorder.report.wording import Target
from firingorder.session.health import LinkHealth
from firingorder.session.office import Office
from tests.gui import coached, page_pictures
from tests.gui.synthetic import SyntheticSession

if TYPE_CHECKING:
    from firingorder.training.safety.records import Hat

SIZES = {"fhd": (1920, 1080), "hd": (1280, 800)}


#: What one window keeps, another one must not find.
_KEPT = tempfile.TemporaryDirectory(prefix="firingorder-office-")


def free_office():
    """Return an office in the Therapist hat: in the other one a real belt waits for a training."""
    folder = Path(tempfile.mkdtemp(dir=_KEPT.name))
    office = Office(folder=folder, settings_file=folder / "settings.json")
    office.hat = "therapist"
    return office


class StagedWindow(LiveWindow):
    """A window whose time moves only by hand."""

    def __init__(self, session, *, hat: Hat = "therapist", **options):
        self.held_clock = {"s": 100.0}
        office = options.pop("office", None) or free_office()
        office.hat = hat
        clock = options.pop("clock", lambda: self.held_clock["s"])
        super().__init__(session, office=office, clock=clock, **options)
        self._timer.stop()


def staged(session, seconds, *, size=SIZES["fhd"], step=0.05, **options):
    """Return a window that has shown ``seconds`` of the session."""
    window = StagedWindow(session, **options)
    window.resize(*size)
    window.show()
    QApplication.processEvents()
    for _ in range(round(seconds / step)):
        session.advance(step)
        window.held_clock["s"] += step
        window.tick()
    return window


def set_status(window, session, seconds=0.0, **changes):
    """Change the status, let host time pass, show it."""
    session.status = replace(session.status, **changes)
    window.tick()
    window.held_clock["s"] += seconds
    window.tick()


def coached_window(*, size=SIZES["fhd"], hat="person", plain=False, **options):
    """Return a window with its session in which six repetitions were led by the coach."""
    session = SyntheticSession(plain=plain)
    session.status = replace(session.status, coach=coached.STATES["ready"], calibration="Used.",
                             task="bridge")  # fmt: skip
    window = staged(session, coached.AFTER_SIX_S, size=size, step=0.2, hat=hat, **options)
    return window, session


def show_state(window, session, name, seconds=0.0, **changes):
    """Show a state of the coach as if nothing had been told before it."""
    window.model.telling = Telling()
    window.model.telling.follow(coached.STATES["ready"], {})
    window.model.revision += 1
    set_status(window, session, seconds, coach=coached.STATES[name], **changes)


#: Pictures that must not change unseen: view, state of the coach, changes of the status.
GOLDEN = {
    "floor_ok": (True, "work_ok", {}),
    "floor_together": (True, "work_together", {}),
    "floor_back": (True, "work_back", {}),
    "floor_unclear": (True, "work_unclear", {}),
    "floor_withheld": (True, "work_withheld", {}),
    "floor_squeeze": (True, "squeeze_in", {}),
    "floor_ramp": (True, "ramp", {}),
    "floor_question": (True, "red_flag", {}),
    "floor_rest_lost": (True, "rest", {"connection": "lost"}),
    "floor_summary": (True, "summary", {}),
    "desk_ok": (False, "work_ok", {}),
    "desk_withheld": (False, "work_withheld", {}),
    "desk_stopped": (False, "stopped_why", {"source": "simulated"}),
}
#: Of these the light ones are kept, too.
GOLDEN_LIGHT = ("floor_back", "desk_ok")


def golden():
    """Give name and picture, one after the other."""
    for theme, names in (("dark", tuple(GOLDEN)), ("light", GOLDEN_LIGHT)):
        window, session = coached_window(size=SIZES["hd"], theme=theme)
        plain = session.status
        for name in names:
            floor, state, changes = GOLDEN[name]
            session.status = plain
            window.show_floor(floor)
            set_status(window, session, 20.0)  # what was told of the link before is over
            for _ in range(2):  # the second time everything has its place
                show_state(window, session, state, 6.0, **changes)
                QApplication.processEvents()
            yield f"{name}_{theme}", window.grab().toImage()
        window.close()


def main(folder: Path, only: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _app = QApplication.instance() or QApplication(["pictures"])
    if only == "golden":
        for name, image in golden():
            flat = image.convertToFormat(QImage.Format.Format_RGB888)
            flat.save(str(folder / f"{name}.png"), quality=0)  # smallest, and exact
        (folder / "qt.txt").write_text(f"{qVersion()}\n")
        return
    if only == "coached":
        _coached(folder)
        return

    def save(window, name, *, close=True):
        QApplication.processEvents()
        window.grab().save(str(folder / f"{name}.png"))
        if close:
            window.close()

    if only in ("", "pages"):
        page_pictures.take(save, staged)
    if only == "pages":
        return

    for size_name, size in SIZES.items():
        save(staged(SyntheticSession(), 44.3, size=size), f"desk_{size_name}")
        window = staged(SyntheticSession(), 44.3, size=size, target=Target())
        save(window, f"desk_target_{size_name}")
        for name, seconds in (("ok", 10.5), ("mid", 14.6), ("bad", 20.2), ("unclear", 33.0),
                              ("ready", 0.8), ("lifting", 26.0)):  # fmt: skip
            window = staged(SyntheticSession(), seconds, size=size, floor=True)
            save(window, f"floor_{name}_{size_name}")
    save(staged(SyntheticSession(), 44.3, theme="light"), "desk_light")
    save(staged(SyntheticSession(), 14.6, theme="light", floor=True, target=Target()),
         "floor_light_target")  # fmt: skip
    save(staged(SyntheticSession(), 20.2, floor=True, target=Target()), "floor_bad_target")
    pair = ("gluteus_maximus_left", "erector_spinae_left")
    two = SyntheticSession(channels=pair, has_imu=False)
    save(staged(two, 44.3, size=SIZES["hd"]), "desk_two_no_imu")
    save(staged(SyntheticSession(channels=pair, has_imu=False), 20.2, floor=True), "floor_two")
    four = SyntheticSession().channels[:2] + SyntheticSession().channels[6:]
    save(staged(SyntheticSession(channels=four), 44.3), "desk_four")
    _states(save)
    _link(save)


def _coached(folder: Path) -> None:
    """Take every state of the coach, on floor and desk, in both themes and hats."""
    for theme, hat in (("dark", "person"), ("light", "therapist")):
        window, session = coached_window(theme=theme, hat=hat)
        for floor in (True, False):
            window.show_floor(floor)
            for name in coached.STATES:
                for _ in range(2):
                    show_state(window, session, name)
                    QApplication.processEvents()
                kind = "floor" if floor else "desk"
                window.grab().save(str(folder / f"{kind}_{name}_{theme}.png"))
        window.close()


def _link(save) -> None:
    sound = LinkHealth(
        rate_hz=1000.0, rate_measured_hz=999.97, drift_ppm=-31.4, age_p50_ms=21.0, age_p95_ms=29.0,
        least_delay_ms=1.4, clock_uncertainty_ms=0.4, timing_error_ms=0.0, claim="full",
        connection="FiringOrder-7788, Bluetooth, -61 dBm, MTU 247",
    )  # fmt: skip
    poor = LinkHealth(
        rate_hz=500.0, rate_measured_hz=499.1, drift_ppm=-1804.0, loss_percent=1.3,
        lost_samples=416, age_p50_ms=38.0, age_p95_ms=91.0, clock_uncertainty_ms=2.6,
        timing_error_ms=1.0, reconnects=2, rejected_frames=7, claim="limited",
        why_not_full="This device takes 500 samples a second: onsets are less sure, "
        "and intervals are wider.", connection="/dev/ttyACM0",
    )  # fmt: skip
    for name, health, size in (("sound", sound, "fhd"), ("poor", poor, "hd")):
        session = SyntheticSession()
        session.status = replace(session.status, calibrated=name == "sound")
        window = staged(session, 20.2, size=SIZES[size])
        window.link_panel.toggle()
        set_status(window, session, health=health)
        save(window, f"link_{name}")


def _states(save) -> None:
    # Repetition 4 is back first, repetition 6 unclear; of both something else was told live.
    live: tuple[tuple[int, RepetitionVerdict], ...] = ((3, "glutes_first"), (5, "glutes_first"))
    for name, seconds in (("live", 20.0), ("reversed", 20.4), ("withdrawn", 33.0)):
        for floor in (False, True):
            window = staged(SyntheticSession(live=live), seconds, floor=floor, target=Target())
            save(window, f"verdict_{name}{'_floor' if floor else ''}")
    gap = SyntheticSession(skip=((38.2, 40.1),), saturate=(("hamstring_left", 42.3, 43.4),))
    window = staged(gap, 44.3)
    gap.extra.append(QualityFinding("hamstring_left", "saturated", "Lower the gain", 44.0))
    window.tick()
    save(window, "state_gap_saturated")
    for name, seconds, changes in (
        ("searching", 3.0, {"connection": "idle"}),
        ("connecting", 4.2, {"connection": "connecting", "recording": None}),
        (
            "refused",
            0.1,
            {
                "connection": "refused",
                "message": "The device speaks protocol 2; this "
                "version speaks 1. Update firingorder, or the firmware.",
            },
        ),
    ):
        session = SyntheticSession()
        session.status = replace(session.status, channels=(), has_imu=False, elapsed_s=0.0)
        window = staged(session, 0.0, size=SIZES["hd"],
                        offer_demo=None if name == "refused" else SyntheticSession)  # fmt: skip
        set_status(window, session, seconds, **changes)
        save(window, f"state_{name}")
    for name, seconds, changes in (
        ("lost", 12.0, {"connection": "lost"}),
        ("lost_long", 36.0, {"connection": "lost"}),
        ("waiting", 0.7, {"connection": "waiting"}),
        ("paused", 0.1, {"paused": True}),
        (
            "alarm",
            0.1,
            {
                "alarm": "The disk is full: /home/user/firingorder. Free space; the "
                "samples since 07:31 are not on the disk."
            },
        ),
        ("battery", 0.1, {"battery_percent": 12.0}),
        ("replay", 0.1, {"source": "replay"}),
        ("simulated", 0.1, {"source": "simulated", "person": "P-0007"}),
        ("contact", 0.1, {"lead_off": (True,) + (False,) * 7}),
        ("closed", 0.1, {"connection": "closed"}),
    ):
        for floor in (False, True):
            session = SyntheticSession()
            window = staged(session, 20.2, floor=floor, size=SIZES["fhd" if floor else "hd"])
            set_status(window, session, seconds, **changes)
            save(window, f"state_{name}{'_floor' if floor else ''}")
    session = SyntheticSession()
    window = staged(session, 20.2)
    window.toggle_help()
    save(window, "state_help")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
