"""The decoder: how many times faster than real time, on one core, bytes to microvolts."""

from __future__ import annotations

import time
from typing import Any

from firingorder.firmware_bridge.commands import HelloCommand, StartCommand, encode_command
from firingorder.firmware_bridge.frame import packet
from firingorder.firmware_bridge.receiver import Receiver
from firingorder.samples import EmgChunk
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.scenarios import make_body

SECONDS = 60
READ_S = 0.008  # one USB read for each EMG frame: the smallest reads are the dearest


def run() -> list[dict[str, Any]]:
    """Decode a minute of 8 channels at 1 kHz and an IMU, in reads of one frame."""
    device = VirtualDevice(make_body("rest", seed=1), seed=1)
    sent = [
        packet(encode_command(HelloCommand(1), seq=1)),
        packet(encode_command(StartCommand(2, 0b11), seq=2)),
    ]
    receiver = Receiver("cobs")
    receiver.opened(0)
    device.connect(0)
    reads: list[tuple[bytes, int]] = []
    for t_us, data in zip((0, 10_000), sent, strict=True):
        receiver.sent(data, t_us * 1000)
        device.receive(data, t_us)
        receiver.feed(device.advance(t_us + 9_000), (t_us + 9_000) * 1000)
    t_us = 20_000
    while t_us < SECONDS * 1_000_000:
        t_us += round(READ_S * 1e6)
        if t_us % 4_000_000 < READ_S * 1e6:  # keep-alive
            device.receive(sent[0], t_us)
        reads.append((device.advance(t_us), t_us * 1000))
    begin = time.process_time()
    samples = 0
    for data, t_ns in reads:
        for item in receiver.feed(data, t_ns):
            if isinstance(item, EmgChunk):
                samples += len(item.emg_uv)
    cpu_s = time.process_time() - begin
    if samples < 0.99 * SECONDS * 1000:
        raise RuntimeError(f"only {samples} samples decoded: the benchmark measures nothing")
    return [
        {
            "name": "decoder, 8 ch x 1 kHz + IMU, times real time on one core",
            "value": round(SECONDS / cpu_s, 1),
            "unit": "x",
            "bar": ">= 50",
        }
    ]
