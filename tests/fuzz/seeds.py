"""Sound inputs for the fuzzer to begin with: what a device says when nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.firmware_bridge.adapters import ADAPTERS
from firingorder.firmware_bridge.adapters.array_record import ArrayRecord, describe, pack_array
from tests.firmware_bridge.golden_frames import COBS, RAW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firingorder.samples import FloatArray

#: One read of a seed, so that its length fits the byte in front of it.
_MOST_BYTES = 256
_PACKETS = 12

#: What each device answers, typed from docs/devices.md and the tests of its decoder.
_ANSWERS = {
    "bitalino": b"BITalino_v5.2\n",
    "chords": b"UNO-R4\n",
    "cyton": b"OpenBCI V3 8-16 channel\nFirmware: v3.1.2\nSuccess: Channel set$$$",
    "dot-ble": bytes.fromhex("020000000a001e000470656c7600000000000000000000000014000000000000"),
    "npg-ble": b"\x01NPG-LITE",
    "witmotion-ble": bytes.fromhex("5571030008000000000000000000000000000000"),
}


def all_seeds(target: str) -> dict[str, bytes]:
    """Return the sound inputs of a target by name."""
    name = target.removeprefix("adapter-")
    if name in ADAPTERS:
        return _adapter(name)
    golden = {f"raw-{key}": data for key, data in RAW.items()}
    golden |= {f"cobs-{key}": data for key, data in COBS.items()}
    return {key: _reads(_cut(data)) for key, data in golden.items()}


def _adapter(name: str) -> dict[str, bytes]:
    talk = ADAPTERS[name].make_conversation({})
    answers = [_ANSWERS.get(name, b"")] * len((*talk.opening, *talk.start))
    packets = list(_packets(name))
    return {
        "spoken-to": b"\x80" + _reads([*answers, *packets]),
        "silent": b"\x00" + _reads(packets),
    }


def _packets(name: str) -> Iterable[bytes]:
    for k in range(_PACKETS):
        match name:
            case "bitalino":  # four channels: seven bytes, all zero but sequence and remainder
                yield b"".join(bytes(6) + _bitalino_tail(4 * k + n) for n in range(4))
            case "chords":
                yield bytes.fromhex("c77c") + bytes((k,)) + bytes.fromhex("2000" * 6 + "01")
            case "cyton":
                yield bytes((0xA0, k)) + bytes(30) + b"\xc0"
            case "dot-ble":
                yield b"\x00" + (16_667 * k).to_bytes(4, "little") + bytes(24)
            case "npg-ble":
                yield b"\x00" + b"".join(bytes((10 * k + n,)) + bytes(6) for n in range(10))
            case "witmotion-ble":
                yield bytes.fromhex("5561") + bytes(18)
            case _:
                yield from _arrays(name, k)


def _bitalino_tail(sequence: int) -> bytes:
    """Return the last byte of a frame of zeros: x^4 + x + 1 over the sequence, bit by bit."""
    sequence %= 16
    rest = 0
    for bit in (sequence >> 3, sequence >> 2 & 1, sequence >> 1 & 1, sequence & 1, 0, 0, 0, 0):
        rest <<= 1
        rest = (rest ^ 0x03 if rest & 0x10 else rest) ^ bit
    return bytes((sequence << 4 | rest & 0x0F,))


def _arrays(name: str, k: int) -> Iterable[bytes]:
    """Return what a library hands over: its description first, then blocks of ten samples."""
    numbers = 10.0 * k + np.arange(10.0)
    if name == "brainflow":
        if k == 0:
            yield describe(
                {
                    "board_id": 0,
                    "name": "Cyton",
                    "rate_hz": 250,
                    "rows": 3,
                    "emg_rows": [1, 2],
                    "package_row": 0,
                }
            )
        yield pack_array(ArrayRecord(np.vstack([numbers % 256, np.zeros((2, 10))])[:, :5], k))
        return
    if k == 0:
        channels = [{"label": f"C{n}", "type": "", "unit": "microvolts"} for n in range(2)]
        yield describe(
            {
                "format": 1,
                "name": name,
                "type": "EMG",
                "source_id": "",
                "rate_hz": 1000.0,
                "value": "float32",
                "channels": channels,
            }
        )
    stamps_s: FloatArray = 1.0 + 0.001 * numbers
    now_s = float(stamps_s[-1])
    values = np.zeros((10, 2), np.float32)
    yield pack_array(ArrayRecord(values, round(1e9 * now_s), stamps_s, now_s))


def _cut(data: bytes) -> list[bytes]:
    return [data[at : at + _MOST_BYTES] for at in range(0, len(data), _MOST_BYTES)]


def _reads(reads: Iterable[bytes]) -> bytes:
    """Write reads as the targets take them: each behind its length less one."""
    return b"".join(bytes((len(part) - 1,)) + part for read in reads for part in _cut(read) if part)
