"""Real EMG through the whole chain: file to body to bytes to engine to findings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.firmware_bridge.actions import HostConfig
from firingorder.montage import load_montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.files import FileOptions, analyse_path
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.setup import SessionSetup
from firingorder.session.sources import file_body
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.link import SimLink
from firingorder.training.exercises import load_task
from tests.real.tang2022 import compare, write_body, write_montage
from tests.session.sessions import FEW_FRAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: A person lifted eleven times. How many of the 33 marked onsets are answered and how many of those
#: intervals reach the marks is reported, and may not fall below what was reached when this was
#: written; the others are refused with a reason.
REPETITIONS = 11
MIN_OVERLAPS = 22  # 24 reach them; 19 before the levels were mixtures (decision 0045)
MIN_SHARE = 0.8


def test_eleven_lifts_are_found_and_most_onsets_lie_where_the_eye_put_them(
    data_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    body, montage = tmp_path / "body.mat", tmp_path / "montage.json"
    write_body(data_folder("semgdetection_tang2022"), body)
    write_montage(montage, device=False)
    result = analyse_path(body, FileOptions(montage=montage))
    assert len(result.repetitions) == REPETITIONS
    compared = compare(result)
    for one in compared:
        print(one.channel, one.repetition, one.marked_s, one.found_s, one.overlaps)
    assert len(compared) == 33
    reached = sum(one.overlaps for one in compared)
    assert reached >= MIN_OVERLAPS
    assert reached >= MIN_SHARE * sum(one.found_s is not None for one in compared)


def test_the_same_through_real_bytes_and_a_recording(
    data_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    body, montage = tmp_path / "body.mat", tmp_path / "montage.json"
    write_body(data_folder("semgdetection_tang2022"), body)
    write_montage(montage, device=True)
    keeper = RecordingKeeper(tmp_path / "s.mcap")
    acquisition = Acquisition(
        SimLink(VirtualDevice(file_body(body), seed=1, settings=FEW_FRAMES), speed=0),
        SessionSetup(task=load_task("bridge"), montage=load_montage(montage)),
        host=HostConfig(),
        duration_s=49.0,
        open_recorder=keeper.opener,
    )
    try:
        asyncio.run(acquisition.run())
    except FiringOrderError as error:
        raise AssertionError("the device stopped before the session did") from error
    assert keeper.stop()
    live = acquisition.engine.repetitions
    assert len(live) == REPETITIONS
    again = analyse_path(tmp_path / "s.mcap")
    assert list(again.repetitions) == live
    write_montage(montage, device=False)
    direct = analyse_path(body, FileOptions(montage=montage))
    # The wire carries steps of 0.048 uV, a fifteenth of the noise at rest. An onset may move within
    # its own interval, but for the few where low activity before the burst leaves two candidates.
    inside: list[bool] = []
    for mine, theirs in zip(live[:-1], direct.repetitions[:-1], strict=True):
        for name, onset in mine.onsets.items():
            other = theirs.onsets[name]
            if onset is not None and other is not None:
                inside.append(other.low_s <= onset.onset_s <= other.high_s)
                print(f"{name} moved by {1e3 * (onset.onset_s - other.onset_s):.1f} ms")
    assert len(inside) >= MIN_OVERLAPS
    assert sum(inside) >= 0.9 * len(inside)
