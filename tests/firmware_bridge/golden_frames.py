"""Golden frames of frame v1 (wire_protocol.md section 12), shared with the firmware's own tests.

``RAW`` is a frame as on BLE, ``COBS`` the bytes on a byte stream with their delimiter. The other
tables hold what the file adds: stuffing of bytes that are no frame, and what must be refused.
"""

from __future__ import annotations

from pathlib import Path

VECTORS = Path(__file__).resolve().parents[2] / "hardware" / "firmware" / "tests" / "vectors.txt"

RAW: dict[str, bytes] = {}
COBS: dict[str, bytes] = {}
#: Size and CRC-32 as the specification prints them.
SIZE_AND_CRC: dict[str, tuple[int, int]] = {}
#: Bytes and their packet, without a delimiter.
STUFFED: dict[str, tuple[bytes, bytes]] = {}
#: Frames that must be refused, and the test that must do it.
FAULTS: dict[str, tuple[str, bytes]] = {}
#: Packets that no stuffing makes.
SPOILT: dict[str, bytes] = {}
#: CRC-32 and the bytes it belongs to.
CHECKS: dict[str, tuple[int, bytes]] = {}


def _read() -> None:
    for line in VECTORS.read_text(encoding="ascii").splitlines():
        match line.split():
            case ["frame", name, size, crc, raw, cobs]:
                RAW[name], COBS[name] = bytes.fromhex(raw), bytes.fromhex(cobs)
                SIZE_AND_CRC[name] = (int(size), int(crc, 16))
            case ["stuff", name, raw, cobs]:
                STUFFED[name] = (bytes.fromhex(raw), bytes.fromhex(cobs))
            case ["fault", name, kind, raw]:
                FAULTS[name] = (kind, bytes.fromhex(raw))
            case ["spoilt", name, cobs]:
                SPOILT[name] = bytes.fromhex(cobs)
            case ["check", name, crc, raw]:
                CHECKS[name] = (int(crc, 16), bytes.fromhex(raw))
            case ["#", *_]:
                pass
            case _:
                raise ValueError(f"{VECTORS} has a line that is no vector: {line!r}")


_read()
