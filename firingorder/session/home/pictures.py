"""Photos of pads: taken along without what a camera writes into them.

A camera writes the place, the day, its owner and a small copy of the picture into a file. Only
what is needed to draw the picture is kept: of JPEG (ITU-T T.81, annex B) the coding itself and the
colour marks, of PNG (W3C PNG, clause 11) the chunks that colour a pixel. A picture is turned by
one of the notes that a camera writes, so that one number is kept. What a picture shows stays.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

#: Proposals: a telephone's picture has 2 to 6 MB, a belt has 8 pads.
MOST_BYTES, MOST_PHOTOS = 12_000_000, 16
_ENDINGS = (".jpg", ".jpeg", ".png")
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"IDAT", b"IEND")
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_RESTARTS = range(0xD0, 0xD8)
_APP0, _EXIF, _ADOBE, _LAST_APP, _COMMENT = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
_ORIENTATION = 0x0112
_EXIF_BEGIN = b"Exif\0\0"
_TURNS = 8


def photos_of(folder: Path) -> dict[str, bytes]:
    """Return the pictures of a folder by neutral names, in the order of their own.

    Raises
    ------
    UsageError
        There is no such folder, no picture, or too many.
    FileFormatError
        One is too large, damaged, or no JPEG or PNG.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; name one with pictures (JPEG, PNG).")
    paths = sorted(one for one in folder.iterdir() if one.suffix.lower() in _ENDINGS)
    if not paths:
        raise UsageError(f"{folder} holds no pictures (JPEG, PNG).")
    if len(paths) > MOST_PHOTOS:
        raise UsageError(f"{folder} holds {len(paths)} pictures; {MOST_PHOTOS} may go along.")
    found: dict[str, bytes] = {}
    for k, path in enumerate(paths, start=1):
        if path.stat().st_size > MOST_BYTES:
            raise FileFormatError(
                f"{path} has {path.stat().st_size / 1e6:.0f} MB; make it smaller than "
                f"{MOST_BYTES / 1e6:.0f} MB."
            )
        data = path.read_bytes()
        found[f"pad-{k:02d}.{'png' if data.startswith(_PNG) else 'jpg'}"] = cleaned(data, path)
    return found


def cleaned(data: bytes, path: Path) -> bytes:
    """Return a picture with nothing in it but the picture.

    Raises
    ------
    FileFormatError
        It is damaged, or no JPEG or PNG.
    """
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(_JPEG):
            return _jpeg(data)
    except (struct.error, IndexError, ValueError) as error:
        raise FileFormatError(f"{path} is damaged; take the picture once more.") from error
    raise FileFormatError(f"{path} is no JPEG or PNG; save it as one of them.")


def _png(data: bytes) -> bytes:
    out, at = [_PNG], len(_PNG)
    while True:
        (size,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + size
        if len(name) < 4 or end > len(data):
            raise ValueError("cut off")
        if name in _KEPT_CHUNKS:
            out.append(data[at:end])
        if name == b"IEND":
            return b"".join(out)
        at = end


def _jpeg(data: bytes) -> bytes:
    out, at, turn = [_JPEG], 2, 1
    while True:
        if data[at] != 0xFF:
            raise ValueError("no mark")
        mark = data[at + 1]
        if mark == 0xFF:  # marks may be filled up
            at += 1
            continue
        if mark == _EOI:
            return b"".join([*_turned(out, turn), data[at : at + 2]])
        if mark in (_SOI, _TEM) or mark in _RESTARTS:
            raise ValueError("a mark where none may be")
        (size,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + size
        if size < 2 or end > len(data):
            raise ValueError("cut off")
        body = data[at + 4 : end]
        if mark == _EXIF and body.startswith(_EXIF_BEGIN):
            turn = _orientation(body[len(_EXIF_BEGIN) :]) or turn
        if mark == _SOS:
            end = _scan_end(data, end)
        if not (_APP0 <= mark <= _LAST_APP or mark == _COMMENT) or (
            mark == _APP0 and body.startswith(b"JFIF\0")
        ) or (mark == _ADOBE and body.startswith(b"Adobe")):  # fmt: skip
            out.append(_without_thumbnail(body) if mark == _APP0 else data[at:end])
        at = end


def _without_thumbnail(body: bytes) -> bytes:
    """Return the mark of JFIF, which may hold a small copy of the picture, without that."""
    plain = body[:12].ljust(12, b"\0") + b"\0\0"
    return b"\xff\xe0" + struct.pack(">H", len(plain) + 2) + plain


def _scan_end(data: bytes, at: int) -> int:
    """Return where the next mark is after coded data, in which 0xFF is followed by 0 or a count."""
    while True:
        at = data.index(b"\xff", at)
        following = data[at + 1]
        if following != 0 and following not in _RESTARTS and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _turned(out: list[bytes], turn: int) -> list[bytes]:
    """Return the picture with the one note that says which side is up."""
    if turn == 1:
        return out
    note = _EXIF_BEGIN + b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn, 0, 0)
    begin = 2 if len(out) > 1 and out[1].startswith(b"\xff\xe0") else 1
    return [*out[:begin], b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note, *out[begin:]]


def _orientation(tiff: bytes) -> int:
    """Return which side is up, as TIFF 6.0 has it (1 to 8); 0: it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for k in range(count):
        at = first + 2 + 12 * k
        if at + 12 > len(tiff):
            return 0
        name, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if name == _ORIENTATION:
            return value if 1 <= value <= _TURNS else 0
    return 0
