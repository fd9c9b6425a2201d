"""A device that somebody else wrote from the specification works at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from firingorder.findings import Event, RepetitionFinding
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.firmware_bridge.links.tcp import TcpLink
from firingorder.montage import Montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.training.exercises import load_task
from tests.session.foreign_device import ForeignDevice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("loss", "seconds", "repetitions"), [(0.0, 30.0, 4), (0.03, 18.0, 2)])
def test_it_is_understood_recorded_and_analysed(
    tmp_path: Path, loss: float, seconds: float, repetitions: int
) -> None:
    device = ForeignDevice(seconds=seconds, lead_s=0.08, loss=loss)
    device.start()
    montage = Montage(
        (("EMG1", "gluteus_maximus_left"), ("EMG2", "erector_spinae_left")), "lateral"
    )
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    events: list[Event] = []
    acquisition = Acquisition(
        TcpLink("127.0.0.1", device.port),
        SessionSetup(task=load_task("bridge"), montage=montage),
        host=HostConfig(),
        duration_s=seconds - 1.0,
        open_recorder=keeper.opener,
        on_events=lambda some, _t_ns: events.extend(some),
    )
    asyncio.run(acquisition.run())
    assert keeper.stop()
    device.join(30.0)
    engine = acquisition.engine
    tally = engine.tallies["emg"]
    assert tally.samples + tally.lost_samples == round(engine.duration_s * 1000)
    assert tally.lost_samples <= device.lost_samples
    assert (tally.lost_samples > 0) == (loss > 0)
    assert engine.tallies["imu"].samples > 0
    assert engine.receiver.stats.unknown_type > 0
    reps = [event for event in events if isinstance(event, RepetitionFinding)]
    print([(rep.verdict, rep.reason, rep.lead_ms) for rep in reps])
    assert len(reps) == repetitions
    if loss == 0.0:
        assert {rep.verdict for rep in reps} == {"glutes_first"}
        assert all(abs(rep.lead_ms - 80.0) < 15.0 for rep in reps if rep.lead_ms is not None)
    else:  # every 230 ms a frame is missing: nothing can be claimed, and nothing is
        assert {rep.reason for rep in reps} == {"gap"}
    result = analyse_path(tmp_path / "s.mcap", FileOptions())
    assert not result.recording.simulated
    assert [rep.index for rep in result.repetitions] == [rep.index for rep in reps]
