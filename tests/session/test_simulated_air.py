"""Other makers' devices over the simulated radio, by their address, as a person records them."""

from __future__ import annotations

import os

import pytest

from firingorder.cli import main
from firingorder.errors import UsageError
from firingorder.recording.reader import open_recording
from firingorder.session.addresses import parse_address
from firingorder.session.files import analyse_path
from firingorder.session.simulated_air import THREE
from firingorder.session.sources import open_source, simulated_montage

SECONDS = 2
TWINS = [
    ("pelvis=dot", ["frame_v1", "dot-ble"], {"emg": 1000.0, "imu": 60.0}),
    ("as=npg-lite&pelvis=witmotion", ["npg-ble", "witmotion-ble"], {"emg": 500.0, "imu": 50.0}),
]
if os.environ.get("LONG_TESTS"):  # also without a sensor beside it
    TWINS.append(("as=npg-lite", ["npg-ble"], {"emg": 500.0}))


@pytest.mark.parametrize(("query", "protocols", "rates_hz"), TWINS)
def test_a_twin_is_recorded_from_its_address(tmp_path, query, protocols, rates_hz) -> None:
    path = tmp_path / "s.mcap"
    device = f"sim-ble:rest?seed=4&{query}"
    argv = ["record", "--device", device, "--out", str(path), "--duration", str(SECONDS)]
    assert main(argv) == 0
    recording = open_recording(path)
    assert [link["protocol"] for link in recording.session["links"]] == protocols
    assert recording.session["simulated"] is True
    result = analyse_path(path)
    assert result.recording.simulated
    streams = {stream.kind: stream for stream in result.recording.streams}
    assert {kind: stream.rate_hz for kind, stream in streams.items()} == rates_hz
    assert streams["emg"].samples >= SECONDS * rates_hz["emg"]
    assert streams["emg"].lost_samples == 0


def test_an_npg_lite_wears_three_muscles_unless_others_are_named() -> None:
    three = simulated_montage(parse_address("sim-ble:rest?as=npg-lite"))
    assert three is not None
    assert tuple(name for _, name in three.channels) == THREE
    assert simulated_montage(parse_address("sim-ble:rest")) is None


@pytest.mark.parametrize(
    "query", ["as=cyton", "pelvis=sock", "as=npg-lite&channels=hamstring_left"]
)
def test_what_cannot_be_played_is_wrong_use(query: str) -> None:
    with pytest.raises(UsageError):
        open_source(parse_address(f"sim-ble:rest?{query}"))
