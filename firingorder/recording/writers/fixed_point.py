"""Numbers as text, millions at a time: columns of fixed-point decimals without a loop over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from firingorder.samples import FloatArray

#: Rows that are turned into text together: their bytes stay within tens of megabytes.
_ROWS = 50_000
_NEWLINE, _MINUS, _POINT, _ZERO = b"\n-.0"


def decimals_for(values: FloatArray, step: float | None) -> int:
    """Return how many decimals keep a column of numbers.

    A hundredth of a count of the converter where that is known, else seven digits of its RMS.
    """
    present = values[np.isfinite(values)]
    if step is not None and step > 0.0:
        finest = 0.01 * step
    else:
        rms = float(np.sqrt(np.mean(np.square(present)))) if len(present) else 0.0
        finest = 1e-7 * rms
    wanted = 6 if finest == 0.0 else int(np.ceil(-np.log10(finest)))
    largest = float(np.max(np.abs(present), initial=1.0))
    room = 18 - int(np.ceil(np.log10(largest + 1.0)))  # 64-bit integers have 18 whole digits
    return max(0, min(wanted, room, 12))


def lines(
    columns: Sequence[FloatArray],
    decimals: Sequence[int],
    *,
    between: bytes = b",",
    missing: bytes = b"",
) -> list[bytes]:
    """Return the rows of a table, in pieces; ``missing`` stands for NaN, in at most 3 letters."""
    n = len(columns[0])
    return [
        _piece([one[at : at + _ROWS] for one in columns], decimals, between, missing)
        for at in range(0, n, _ROWS)
    ]


def _piece(
    columns: Sequence[FloatArray], decimals: Sequence[int], between: bytes, missing: bytes
) -> bytes:
    """Write each number into a field of fixed width, then leave out the bytes nobody wrote."""
    cells: list[NDArray[np.uint8]] = []
    for k, (values, places) in enumerate(zip(columns, decimals, strict=True)):
        cells.append(_digits(values, places, missing))
        end = _NEWLINE if k == len(columns) - 1 else ord(between)
        cells.append(np.full((len(values), 1), end, np.uint8))
    flat = np.concatenate(cells, axis=1).ravel()
    return flat[flat != 0].tobytes()


def _digits(values: FloatArray, places: int, missing: bytes) -> NDArray[np.uint8]:
    absent = np.isnan(values)
    whole = np.rint(np.where(absent, 0.0, values) * 10.0**places).astype(np.int64)
    left = np.abs(whole)
    width = max(len(str(int(left.max(initial=0)))), places + 1, len(missing))
    out = np.zeros((len(values), width + 2), np.uint8)  # sign, digits, point
    at = width + 1
    for k in range(width):
        if k == places and places:
            out[:, at] = _POINT
            at -= 1
        left, digit = np.divmod(left, 10)
        shown = digit.astype(np.uint8) + np.uint8(_ZERO)
        if k > places:  # zeros in front are not written
            shown[(digit == 0) & (left == 0)] = 0
        out[:, at] = shown
        at -= 1
    out[:, 0] = np.where(whole < 0, _MINUS, 0)
    out[absent] = 0
    if missing:
        out[absent, -len(missing) :] = np.frombuffer(missing, np.uint8)
    return out
