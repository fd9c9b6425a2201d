"""A person who was here before, for benchmarks.visit: real sessions, recorded without a window."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.cli.sessions import session_setup
from firingorder.cli.training import Led
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.session.acquisition import Acquisition
from firingorder.session.addresses import parse_address
from firingorder.session.archive.ending import keep_session
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.office import Office
from firingorder.session.paths import data_folder, new_recording_path, private_folder
from firingorder.session.preferences import Preferences, save
from firingorder.session.profiles import stamped, write_profile
from firingorder.session.sources import open_source, simulated_montage
from firingorder.training.programmes.records import Item, Programme

if TYPE_CHECKING:
    from pathlib import Path

#: A code that nobody would write by chance: every byte of the data folder is searched for it.
PERSON = "QZ-7731"
THERAPIST = "R. Ortiz"
#: The same belt each time: a calibration is of one belt.
BELT = "sim:listening?seed=11"
#: Device seconds after which a planted session is given up.
MOST_S = 900.0
#: What the visit is about: a test without feedback, two sets with it, the test again.
VISIT = Programme(
    id="bridge_visit",
    name="Bridge, test and two sets",
    items=(
        Item(
            exercise="bridge", mode="sequence", reps=(10, 10), tempo_s=(2.0, 1.0, 2.0), rest_s=60.0
        ),
    ),
    retention_reps=5,
    made_by="therapist",
)
#: Two sets of which the person's own variability becomes known.
BASELINE = Programme(
    id="bridge_baseline",
    name="Bridge, two sets",
    items=(Item(exercise="bridge", mode="sequence", reps=(6, 6), rest_s=10.0),),
    retention_reps=0,
    made_by="therapist",
)


#: And one of another hour of the day.
AGAIN = replace(BASELINE, items=(replace(BASELINE.items[0], reps=(6,)),))


class Earlier:
    """One earlier session: calibrated, or with the calibration of before; then a training."""

    def __init__(self, programme: Programme, profile: str | None) -> None:
        address = parse_address(f"{BELT}&speed=0")
        source = open_source(address)
        setup = session_setup(
            "bridge", None, None, simulated_montage(address), source.specs,
            simulated=True, person=PERSON, belt_taps=True,
        )  # fmt: skip
        link = source.links[0]
        self._office = Office(PERSON)
        self._office.wear("therapist")
        self._office.chosen = programme
        self._led = Led(link, self._office)
        self._profile, self._step, self._own, self._press_s = profile, "", False, 1.0
        self.keeper = RecordingKeeper(new_recording_path(), person=PERSON)
        self.acquisition = Acquisition(
            link, setup, host=HostConfig(name=link.description), duration_s=MOST_S,
            open_recorder=self.keeper.opener, on_turn=self._turn,
            hold_back=lambda: self.keeper.crowded,
        )  # fmt: skip

    def run(self) -> Path | None:
        """Record it, keep it in the library; return the profile that was made, if one was."""
        acquisition = self.acquisition
        if self._profile is not None:
            acquisition.calibrate("load", stamped("load", json.dumps({"profile": self._profile})))
        asyncio.run(acquisition.run())
        self.keeper.stop()
        keep_session(self.keeper, acquisition.engine, tell=print)
        made = acquisition.engine.calibration.profile
        if made is None or self._profile is not None:
            return None
        return write_profile(made, private_folder(data_folder() / "calibrations"))

    def _turn(self) -> None:
        engine = self.acquisition.engine
        engine.take_display()
        desk = engine.calibration
        if self._profile is None and desk.profile is None:
            self._calibrate()
        elif engine.training.coach is None and self._step != "training":
            self._step = "training"
            self._led.begin(self.acquisition, "bridge", None)
        elif engine.training.view is None or engine.training.view.state == "summary":
            if self._step == "training" and engine.training.coach is not None:
                self._end()
        self._led.look(self.acquisition)

    def _calibrate(self) -> None:
        """Press Enter where the wizard waits for it."""
        acquisition, view = self.acquisition, self.acquisition.engine.calibration.view
        now_s = acquisition.engine.duration_s
        if now_s < self._press_s:
            return
        self._press_s = now_s + 1.0
        if view is None:
            if not self._step:
                self._step = "begin"
                acquisition.calibrate("begin", json.dumps({"plan": "full"}))
        elif view.state == "waiting":
            acquisition.calibrate("start")
        elif view.state == "done" and self._step != "apply":
            self._step = "apply"
            acquisition.calibrate("apply", stamped("apply", ""))

    def _end(self) -> None:
        if self._profile is None and not self._own:
            self._own = True
            self.acquisition.calibrate("own", json.dumps({"sets": [1, 2]}))
            return
        self._led.keep(self.acquisition)
        self.acquisition.stop()


def plant() -> None:
    """Make the person known: two earlier sessions, a kept calibration, a programme."""
    save(Preferences(hat="therapist", therapist=THERAPIST))
    office = Office()
    office.programme_store.save(VISIT)
    made = Earlier(BASELINE, None).run()
    assert made is not None
    Earlier(AGAIN, made.read_text(encoding="utf-8")).run()
