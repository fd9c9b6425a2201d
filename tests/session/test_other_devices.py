"""Other makers' devices from the first byte to the verdict, and the wrong device behind an address.

The devices are twins that share nothing with what reads them; a physical one was never tried.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from firingorder.cli import main
from firingorder.errors import LinkError
from firingorder.firmware_bridge.actions import HostState
from firingorder.firmware_bridge.links.base import Framing, Read
from firingorder.session.files import FileOptions, analyse_path
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.simulation.twins import make_line, twin_body
from tests.programs import Program
from tests.session.other_devices import SEED, Session, attempt, run_twin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = ("bitalino", "chords", "cyton")
#: All devices and ways in the long run (`make test-long`).
LONG = bool(os.environ.get("LONG_TESTS"))
PULLED = NAMES if LONG else ("chords",)
WAYS = [("bitalino", "pty"), ("cyton", "tcp:0")][: 2 if LONG else 1]
RATE_HZ = {"bitalino": 1000.0, "chords": 500.0, "cyton": 250.0}
#: One step of each converter in microvolts, by its table; half of it is the rounding.
STEP_UV = {
    "bitalino": 3.3 / 1009 / 2**10 * 1e6,
    "chords": 5000.0 / 2**14,
    "cyton": 4.5 / 24 / (2**23 - 1) * 1e6,
}


def _expected(session: Session, name: str, n: int) -> np.ndarray:
    """Return what the converter of a twin saw of the body, in microvolts, computed once more."""
    if name != "cyton":
        return session.body.emg_uv(0, n)
    raw = session.body.emg_uv(-9, 4 * n + 9)
    for _ in range(3):  # sinc3 over four samples: three running means
        sums = np.cumsum(np.vstack([np.zeros((1, raw.shape[1])), raw]), axis=0)
        raw = (sums[4:] - sums[:-4]) / 4.0
    return raw[::4][:n]


def _microvolts(session: Session, name: str, n: int) -> np.ndarray:
    unit = STEP_UV["chords"] if name == "chords" else 1.0
    return session.samples(n) * unit


#: Enough where it matters only that the right samples come.
TWO = ("gluteus_maximus_left", "erector_spinae_left")
#: Long enough for repetitions; what is told of 250 Hz needs fewer.
SECONDS = {"bitalino": 26.0 if LONG else 20.0, "chords": 20.0, "cyton": 14.0}
#: Bytes in bursts of 20 ms, as drivers hand them over under load: the samples are the same, and
#: reads of single packets are tried where a plug is pulled.
BURSTS = "" if LONG else "burst=0.02"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Session]:
    """Return a session of each device in which nothing goes wrong."""
    made: dict[str, Session] = {}

    def get(name: str) -> Session:
        if name not in made:
            path = tmp_path_factory.mktemp(name) / "s.mcap"
            made[name] = run_twin(path, name, duration_s=SECONDS[name], faults=BURSTS)
        return made[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_that_of_the_body_and_replay_is_equal(
    clean: Callable[[str], Session], name: str
) -> None:
    session = clean(name)
    n = round((SECONDS[name] - 0.5) * RATE_HZ[name])
    true = _expected(session, name, n)
    error = _microvolts(session, name, n) - true
    full = STEP_UV[name] * {"bitalino": 2**10, "chords": 2**14, "cyton": 2**24}[name]
    assert np.abs(error[np.abs(true) < 0.49 * full]).max() <= 0.5001 * STEP_UV[name]
    assert not np.isnan(error).any()
    assert session.gaps == []
    assert [repr(one) for one in session.events] == [repr(one) for one in session.replayed]
    assert session.acquisition.engine.tallies["emg"].lost_samples == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_stop_leaves_the_device_silent(clean: Callable[[str], Session], name: str) -> None:
    session = clean(name)
    assert session.acquisition.state is HostState.CLOSED
    session.line.advance(10**12)
    assert not session.line.twin.streaming


@pytest.mark.parametrize("name", NAMES)
def test_what_was_lost_is_a_gap_and_the_rest_stays_in_its_place(tmp_path: Path, name: str) -> None:
    """Lost packets, lost bytes, late bursts, a stall, a crystal that is off."""
    faults = "drop=0.004,bytes=2e-4,burst=0.02,ppm=150,stall=1@5"
    session = run_twin(tmp_path / "s.mcap", name, duration_s=9.0, faults=faults, channels=TWO)
    n = round(8.5 * RATE_HZ[name])
    got, true = _microvolts(session, name, n), _expected(session, name, n + 20)
    missing = np.isnan(got).any(axis=1)
    # What is lost before the first sample is in no grid.
    each = [np.abs(got - true[k : k + n]).max(axis=1) > 0.5001 * STEP_UV[name] for k in range(20)]
    wrong = min(each, key=lambda one: int(one.sum())) & ~missing
    print(f"{missing.mean():.4f} missing, {wrong.mean():.5f} wrong")
    assert 0.002 < missing.mean() < 0.05
    # Bytes without a checksum: a packet that lost one may end where the next begins.
    assert wrong.mean() < 1e-3
    assert [repr(one) for one in session.events] == [repr(one) for one in session.replayed]
    tally = session.acquisition.engine.tallies["emg"]
    assert tally.lost_samples == sum(gap.samples for gap in session.gaps)


@pytest.mark.parametrize("name", PULLED)
def test_a_pulled_plug_is_an_outage_of_the_right_length(tmp_path: Path, name: str) -> None:
    session = run_twin(
        tmp_path / "s.mcap", name, duration_s=13.0, faults="unplug=1@6", channels=TWO
    )
    (gap,) = session.gaps
    assert (gap.kind, gap.uncertain) == ("outage", True)
    assert session.acquisition.engine.reconnects == 1
    n = round(12.5 * RATE_HZ[name])
    got, true = _microvolts(session, name, n), _expected(session, name, n)
    end = gap.index0 + round(0.5 * RATE_HZ[name])
    after = got[end : n - 50]
    error = [
        np.nanmean((after - true[end + shift : n - 50 + shift]) ** 2) for shift in range(-40, 41)
    ]
    off = (int(np.argmin(error)) - 40) / RATE_HZ[name]
    print(f"the outage is told {1e3 * off:.1f} ms wrong")
    assert min(error) < STEP_UV[name] ** 2
    assert abs(off) <= 0.008
    assert [repr(one) for one in session.events] == [repr(one) for one in session.replayed]


def test_four_channels_at_1000_hz_give_an_order_with_intervals(
    clean: Callable[[str], Session],
) -> None:
    session = clean("bitalino")
    result = analyse_path(session.path, FileOptions())
    truth = {one["index"]: one["lead_ms"] for one in session.body.truth()["repetitions"]}
    told = [one for one in result.repetitions if one.lead_ms is not None]
    assert len(told) >= 2
    for one in told:
        print(one.index, one.verdict, one.low_ms, truth[one.index], one.high_ms)
        assert one.low_ms is not None
        assert one.high_ms is not None
        assert one.low_ms - 5.0 <= truth[one.index] <= one.high_ms + 5.0
    assert {"glutes_first", "together"} <= {one.verdict for one in told}
    assert any("not sampled together" in text for text in result.warnings)


def test_500_hz_gives_wider_intervals_and_says_why(clean: Callable[[str], Session]) -> None:
    session = clean("chords")
    result = analyse_path(session.path, FileOptions())
    told = [one for one in result.repetitions if one.lead_ms is not None]
    widths = [one.high_ms - one.low_ms for one in told if one.high_ms and one.low_ms]
    print(widths)
    assert len(told) >= 2
    assert min(widths) > 25.0
    assert any("500 times a second" in text for text in result.warnings)
    assert any("arbitrary units" in text for text in result.warnings)


def test_250_hz_gives_no_order_at_all_and_says_why(clean: Callable[[str], Session]) -> None:
    session = clean("cyton")
    result = analyse_path(session.path, FileOptions())
    assert len(result.repetitions) >= 1
    for one in result.repetitions:
        assert (one.verdict, one.lead_ms) == ("unclear", None)
    assert {one.reason for one in result.repetitions} == {"rate_too_low"}
    assert any("250 times a second" in text and "500" in text for text in result.warnings)


class _Odd:
    """A port with something else behind it: silence, or a flood of what nobody asked for."""

    framing: Framing = "cobs"
    description = "/dev/odd"

    def __init__(self, what: Literal["silence", "garbage", "text"]) -> None:
        self._rng = np.random.default_rng(SEED)
        self._what = what
        self._now_ns = 0

    def now_ns(self) -> int:
        return self._now_ns

    async def sleep(self, duration_s: float) -> None:
        self._now_ns += round(1e9 * duration_s)
        await asyncio.sleep(0)

    async def open(self) -> None:
        await asyncio.sleep(0)

    async def read(self, timeout_s: float) -> Read | None:
        await self.sleep(min(timeout_s, 0.02) if self._what != "silence" else timeout_s)
        if self._what == "silence":
            return None
        data = self._rng.bytes(200) if self._what == "garbage" else b"AT+NAME=?\r\nERROR$$$\r\n"
        return Read(data, self._now_ns)

    async def write(self, data: bytes) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["silence", "garbage", "text"])
def test_a_wrong_device_is_told_in_one_sentence(
    name: str, what: Literal["silence", "garbage", "text"]
) -> None:
    link = _Odd(what)
    with pytest.raises(LinkError) as caught:
        asyncio.run(attempt(link, name))
    text = str(caught.value)
    print(text)
    assert text.startswith("/dev/odd cannot be used as ")
    assert text.count("\n") == 0
    assert len(text) < 200
    assert link.now_ns() < 40e9  # it does not talk for ever


@pytest.mark.parametrize("name", NAMES)
def test_a_belt_behind_another_makers_address_is_told(name: str) -> None:
    body = make_body("bridge", seed=SEED)
    link = SimLink(VirtualDevice(body, seed=SEED), speed=0, description="/dev/belt")
    with pytest.raises(LinkError, match="/dev/belt cannot be used as"):
        asyncio.run(attempt(link, name))


def test_a_twin_behind_another_address_is_told() -> None:
    line = make_line("cyton", twin_body("cyton", seed=SEED), seed=SEED)
    with pytest.raises(LinkError, match="cannot be used as BITalino"):
        asyncio.run(attempt(SimLink(line, speed=0), "bitalino"))


@contextmanager
def served(*wishes: str) -> Iterator[str]:
    """Another program plays a device at a terminal or port; gives its address."""
    with Program("simulate", "--listen", *wishes) as program:
        try:
            assert select.select([program.stdout], [], [], 30.0)[0], "nothing is served"
            yield program.stdout.readline().strip()
        finally:
            program.terminate()
            program.wait(10.0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_real_terminal_is_pulled_and_plugged_again(tmp_path: Path) -> None:
    """The terminal is gone and made anew; the session goes on with an outage."""
    out = tmp_path / "s.mcap"
    with served("pty", "--as", "cyton", "--faults", "unplug=1@2") as address:
        record = ["record", "--device", address, "--duration", "5"]
        assert main([*record, "--out", str(out)]) == 0
    result = analyse_path(out, FileOptions())
    stream = next(one for one in result.recording.streams if one.kind == "emg")
    assert stream.lost_samples == 0
    assert 1.0 <= stream.outage_s < 5.0


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("name", "listen"), WAYS)
def test_as_a_user_does_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, listen: str
) -> None:
    """Two programs and a terminal between them."""
    montage, out = tmp_path / "m.json", tmp_path / "s.mcap"
    body = twin_body(name)
    channels = {f"EMG{k + 1}": one for k, one in enumerate(body.channels)}
    montage.write_text(json.dumps({"schema": "firingorder.montage/1", "channels": channels}))
    with served(listen, "--as", name, "--duration", "60") as address:
        assert address.startswith(f"{name}:")
        record = ["record", "--device", address, "--out", str(out), "--montage", str(montage)]
        assert main([*record, "--duration", "1"]) == 0
    said = capsys.readouterr().err
    print(said)
    limit = {"bitalino": "how many samples a gap lost", "cyton": "not told below 500"}[name]
    assert limit in said
    result = analyse_path(out, FileOptions())
    stream = next(one for one in result.recording.streams if one.kind == "emg")
    assert stream.rate_hz == RATE_HZ[name]
    assert stream.samples + stream.lost_samples >= RATE_HZ[name] - 1
