"""Holds a recording against what the device must have measured, sample by sample.

Two ways, and both must be right: the frames in the recorded bytes, and the samples that the product
makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge import cobs
from firingorder.firmware_bridge.frame import Frame, FrameFault, FrameType, parse_frame
from firingorder.firmware_bridge.payloads import Hello, Status
from firingorder.recording.reader import open_recording
from firingorder.session.decoded import decode
from tests.hardware import body

if TYPE_CHECKING:
    from pathlib import Path

    from firingorder.samples import FloatArray

RX = "link/0/rx"
#: Physical values of one count, as HELLO of an emulated board says at gain 6.
G_M_S2 = 9.80665


@dataclass
class Stream:
    """What came of one stream since one START."""

    frames: int = 0
    samples: int = 0
    lost: int = 0
    wrong: int = 0
    next_index: int = 0


@dataclass
class Account:
    """A recording, counted. ``streams`` is keyed by epoch and stream id."""

    frames: list[Frame] = field(default_factory=list)
    bad: int = 0
    lost_frames: int = 0
    streams: dict[tuple[int, int], Stream] = field(default_factory=dict)
    hellos: list[Hello] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    #: Frames missing so far, when the last STATUS came: what its counter speaks of.
    lost_by_then: int = 0

    def total(self, name: str, stream: int | None = None) -> int:
        """Return the sum of a counter over the segments, of one stream or all."""
        chosen = [v for (_, sid), v in self.streams.items() if stream in (None, sid)]
        return sum(getattr(value, name) for value in chosen)


def account(path: Path, signal: body.Signal) -> Account:
    """Read the frames of a recording and hold each sample against the generator."""
    data = b"".join(entry.data for entry in open_recording(path).entries() if entry.topic == RX)
    out = Account()
    # The first packet may have begun before the recorder listened, the last one end after it.
    packets = data.split(b"\0")
    last_seq: int | None = None
    for number, raw in enumerate(packets[:-1]):
        if not raw:
            continue
        try:
            frame = parse_frame(cobs.decode(raw))
        except (FrameFault, ValueError):
            out.bad += number > 0
            continue
        if frame.type == FrameType.HELLO:
            hello = Hello.parse(frame.payload)
            if out.hellos and hello.boot_id != out.hellos[-1].boot_id:
                last_seq = None
            out.hellos.append(hello)
        if last_seq is not None:
            out.lost_frames += (frame.seq - last_seq - 1) & 0xFFFF
        last_seq = frame.seq
        out.frames.append(frame)
        if frame.type == FrameType.STATUS:
            out.statuses.append(Status.parse(frame.payload))
            out.lost_by_then = out.lost_frames
        elif frame.type == FrameType.DATA:
            _hold(out, frame, signal)
    return out


def assert_complete(found: Account, duration_s: float) -> None:
    """Nothing is wrong, and nothing is missing but what the device counted itself.

    On a computer that is not held up for seconds nothing is missing at all.
    """
    last = found.statuses[-1]
    print(f"lost frames {found.lost_frames}, dropped {last.frames_dropped}, {last.samples_missed=}")
    assert (found.bad, found.total("wrong")) == (0, 0)
    assert found.lost_by_then == last.frames_dropped
    most = 8 * found.lost_frames + last.samples_missed
    assert last.samples_missed <= found.total("lost") <= most
    held = found.total("samples", 0) + found.total("lost", 0)
    assert held >= 1000 * duration_s
    # The inertial stream ends up to a frame and its group delay before the other.
    assert found.total("samples", 1) + found.total("lost", 1) >= 100 * duration_s - 10


def _hold(out: Account, frame: Frame, signal: body.Signal) -> None:
    stream = out.streams.setdefault((frame.epoch, frame.stream), Stream())
    k = frame.index + np.arange(frame.count)
    if frame.stream == 0:
        raw = np.frombuffer(frame.payload, "u1").reshape(frame.count, body.CHANNELS, 3)
        low = raw.astype(np.int64) @ np.array([1, 256, 65536])
        got = np.where(low < 1 << 23, low, low - (1 << 24))
        expected = body.emg(signal, k)
    else:
        got = np.frombuffer(frame.payload, "<i2").reshape(frame.count, body.IMU_CHANNELS)
        expected = body.imu(signal, k)
    stream.wrong += int((got != expected).any(axis=1).sum())
    stream.frames += 1
    stream.samples += frame.count
    stream.lost += frame.index - stream.next_index
    stream.next_index = frame.index + frame.count


def wrong_samples_of_the_product(path: Path, signal: body.Signal) -> tuple[int, int]:
    """Return how many samples the product decodes wrongly, and how many EMG samples are missing.

    Only for a recording of one segment, where the session's index is the device's.
    """
    recording = open_recording(path)
    hello = Hello.parse(bytes.fromhex(recording.device["hello_hex"]))
    decoded = decode(recording)
    assert decoded.acc_m_s2 is not None
    emg = np.rint(decoded.emg_uv / np.array(hello.streams[0].scale))
    acc = np.rint(decoded.acc_m_s2 / G_M_S2 / hello.streams[1].scale[0])
    wrong = _differing(emg, body.emg(signal, np.arange(len(emg))))
    wrong += _differing(acc, body.imu(signal, np.arange(len(acc)))[:, :3])
    return wrong, int(np.isnan(emg).any(axis=1).sum())


def _differing(got: FloatArray, expected: body.Ints) -> int:
    present = ~np.isnan(got).all(axis=1)
    return int((got[present] != expected[present]).any(axis=1).sum())
