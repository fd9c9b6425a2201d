"""A device written from the wire protocol alone: it shares no line with the package.

It is deliberately unlike the virtual device: other stream ids, i16 samples, an odd batch, a longer
HELLO, LOG frames, an unknown frame type, DATA before the ACK of START, an IMU that starts first.
It sends faster than real time; its time stamps are its own clock, as on a real device.
"""

from __future__ import annotations

import contextlib
import math
import random
import socket
import struct
import threading
import zlib

EMG_RATE = 1000
IMU_RATE = 50
BATCH = 7
MUSCLES = 2


def cobs(data: bytes) -> bytes:
    out = bytearray()
    block = bytearray()
    for byte in data:
        if byte:
            block.append(byte)
        if not byte or len(block) == 254:
            out.append(len(block) + 1)
            out += block
            block.clear()
    out.append(len(block) + 1)
    return bytes(out + block) + b"\0"


def uncobs(data: bytes) -> bytes:
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        out += data[at + 1 : at + code]
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


class ForeignDevice(threading.Thread):
    """Serves one client on a loopback port; bursts at known times, glute first by ``lead_s``."""

    def __init__(self, *, seconds: float, lead_s: float, seed: int = 5, loss: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seconds = seconds
        self.lead_s = lead_s
        self.random = random.Random(seed)
        self.loss = loss
        self.sent_samples = 0
        self.lost_samples = 0
        self.truth: list[tuple[float, float]] = []
        self.seq = 0
        self.epoch = 200
        self.clock_us = 5_000_000_000  # beyond 32 bits of microseconds
        self.streaming = False

    def frame(
        self, kind: int, payload: bytes, head: tuple[int, int, int, int] = (0, 0, 0, 0)
    ) -> bytes:
        stream, count, index, t_us = head
        self.seq = (self.seq + 1) % 65536
        body = struct.pack(
            "<BBHBBBBIQ", 0xE1, kind, self.seq, self.epoch, 0, stream, count, index,
            t_us or self.clock_us,
        ) + payload  # fmt: skip
        return cobs(body + struct.pack("<I", zlib.crc32(body)))

    def hello(self) -> bytes:
        emg = struct.pack("<BBBBBBBBIII", 20 + 5 * MUSCLES + 3, 3, 1, 1, MUSCLES, BATCH, 0, 1,
                          EMG_RATE * 1000, 2500, 1000)  # fmt: skip
        emg += struct.pack(f"<{MUSCLES}f", *([0.25] * MUSCLES)) + bytes([1] * MUSCLES) + b"new"
        imu = struct.pack(
            "<BBBBBBBBIII", 20 + 30 + 8, 4, 2, 1, 6, 5, 0, 2, IMU_RATE * 1000, 1000, 0
        )
        imu += struct.pack("<6f", *([8 / 32768] * 3 + [1000 / 32768] * 3)) + bytes(6)
        imu += struct.pack("<4h", 16384, 0, 0, 0)
        fixed = struct.pack("<BBBBBBBBHH8sIBBHI", 36, 1, 3, 0, 2, 1, 0, 1, 77, 0xFFFF,
                            b"FOREIGN1", 0xC0FFEE, 1, 2, 240, 0)  # fmt: skip
        return self.frame(1, fixed + b"tail" + emg + imu)

    def ack(self, token: int, command: int, status: int = 0, detail: int = 0) -> bytes:
        return self.frame(5, struct.pack("<HBBI", token, command, status, detail))

    def answer(self, raw: bytes) -> bytes:
        body, crc = raw[:-4], struct.unpack("<I", raw[-4:])[0]
        if len(raw) < 24 or zlib.crc32(body) != crc or body[0] != 0xE1:
            return b""
        command, payload = body[1], body[20:]
        (token,) = struct.unpack_from("<H", payload)
        if command == 0x81:
            return self.frame(7, b"hello there") + self.hello() + self.ack(token, command)
        if command == 0x82:
            self.epoch = (self.epoch + 1) % 256
            self.streaming = True
            self.start_us = self.clock_us
            return self.imu(0) + self.emg(0, BATCH) + self.ack(token, command, 0, self.epoch)
        if command == 0x83:
            self.streaming = False
            return self.ack(token, command)
        if command == 0x86:
            (t1,) = struct.unpack_from("<Q", payload, 4)
            return self.frame(
                6, struct.pack("<HHQQQ", token, 0, t1, self.clock_us, self.clock_us + 20)
            )
        return self.ack(token, command, 1)

    def level(self, t_s: float, late_s: float) -> float:
        """Bursts of 2.5 s every 6 s from 6 s on, rising in 60 ms."""
        k = math.floor((t_s - late_s - 6.0) / 6.0)
        into = t_s - late_s - 6.0 - 6.0 * k
        if k < 0 or into > 2.5:
            return 0.0
        return min(1.0, into / 0.06)

    def emg(self, index: int, count: int) -> bytes:
        values: list[int] = []
        for k in range(index, index + count):
            t_s = k / EMG_RATE
            for channel in range(MUSCLES):
                level = self.level(t_s, self.lead_s * channel)
                sd_uv = 3.0 + 60.0 * level
                values.append(round(self.random.gauss(0.0, sd_uv) / 0.25))
        t_us = self.start_us + index * 1_000_000 // EMG_RATE + 2500
        return self.frame(2, struct.pack(f"<{len(values)}h", *values), (3, count, index, t_us))

    def tilt(self, t_s: float) -> float:
        """Pelvis tilt in rad, supine: -25 degrees up within 1.2 s, 60 ms after the glute starts."""
        into = (t_s - 6.06) % 6.0 if t_s > 6.06 else -1.0
        u = min(max(into / 1.2, 0.0), 1.0) - min(max((into - 2.5) / 1.2, 0.0), 1.0)
        return -math.radians(25.0) * (10 * u**3 - 15 * u**4 + 6 * u**5)

    def imu(self, index: int) -> bytes:
        values: list[int] = []
        for k in range(index, index + 5):
            t_s = k / IMU_RATE
            tilt = self.tilt(t_s)
            rate = math.degrees(self.tilt(t_s + 1e-3) - self.tilt(t_s - 1e-3)) / 2e-3
            acc = [4096 * math.cos(tilt), 0.0, 4096 * math.sin(tilt)]
            values += [round(a + self.random.gauss(0, 4)) for a in acc]
            values += [round(g + self.random.gauss(0, 2)) for g in (0.0, rate * 32.768, 0.0)]
        t_us = self.start_us + index * 1_000_000 // IMU_RATE + 1000
        return self.frame(2, struct.pack("<30h", *values), (4, 5, index, t_us))

    def run(self) -> None:
        with self.listener:
            client, _ = self.listener.accept()
        with contextlib.suppress(OSError), client:
            self.serve(client)

    def serve(self, client: socket.socket) -> None:
        client.sendall(b"\0")
        buffer = b""
        index = imu_index = 0
        client.settimeout(0.001)
        while True:
            with contextlib.suppress(TimeoutError):
                data = client.recv(4096)
                if not data:
                    return
                buffer += data
            while b"\0" in buffer:
                packet, buffer = buffer.split(b"\0", 1)
                if packet:
                    reply = self.answer(uncobs(packet))
                    if reply:
                        client.sendall(reply)
                        if self.streaming and index == 0:
                            index, imu_index = BATCH, 5
                            self.sent_samples = BATCH
            if not self.streaming:
                continue
            out = b""
            for _ in range(20):  # 140 ms of device time in one write
                if index >= self.seconds * EMG_RATE:
                    break
                self.clock_us = self.start_us + index * 1_000_000 // EMG_RATE
                if imu_index * EMG_RATE <= index * IMU_RATE:
                    out += self.imu(imu_index)
                    imu_index += 5
                packet = self.emg(index, BATCH)
                if self.random.random() < self.loss:
                    self.lost_samples += BATCH
                else:
                    out += packet
                    self.sent_samples += BATCH
                index += BATCH
            out += self.frame(0x4F, b"from a later version")
            client.sendall(out)
