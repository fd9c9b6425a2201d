"""Reads text exports of Xsens motion sensors: MTw (tab-separated) and DOT (CSV).

The packet counter gives the grid, so that lost packets stay gaps. The tag of a DOT may be a name
and is dropped, as are dates and serial numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from firingorder.errors import FileFormatError
from firingorder.recording.reader import file_sha256
from firingorder.recording.readers.counter import by_counter, compare_rates, on_grid
from firingorder.recording.readers.filedata import FileData, FileStream
from firingorder.recording.readers.texttable import TextTable, open_table, table_values

if TYPE_CHECKING:
    from pathlib import Path

_RATE = re.compile(r"(?:Update Rate|OutputRate)\s*:?,?\s*([\d.]+)\s*Hz", re.IGNORECASE)
#: Units by the beginning of a label; MT Manager exports rad/s, the DOT apps deg/s.
_UNITS = {"acc": "m/s2", "freeacc": "m/s2", "mag": "a.u.", "roll": "deg", "pitch": "deg"}
_SIGNALS = re.compile(
    r"^(acc|freeacc|gyr|mag|mat\[|quat|euler|roll|pitch|yaw|dv|dq)", re.IGNORECASE
)
_MODULI = (1 << 8, 1 << 16, 1 << 32)


def read_xsens(path: Path) -> FileData:
    """Read one file.

    Raises
    ------
    FileFormatError
        It has no rate, no packet counter or no signals.
    """
    table = open_table(path)
    names = table.head[-1] if table.head else ()
    if "PacketCounter" not in names:
        raise FileFormatError(f"{path} has no line of Xsens names above its numbers.")
    rate_hz = _rate_hz(path, table)
    is_dot = not table.head[0][0].startswith("//")
    wanted = [k for k, name in enumerate(names) if _SIGNALS.match(name) and k < table.width]
    if not wanted:
        raise FileFormatError(f"{path} has no signals of a motion sensor.")
    counter_at = names.index("PacketCounter")
    fine_at = names.index("SampleTimeFine") if "SampleTimeFine" in names else counter_at
    values = table_values(table, [counter_at, fine_at, *wanted])
    counted = by_counter(values[:, 0], _MODULI, rate_hz)
    warnings = [*table.warnings, *counted.warnings]
    if fine_at != counter_at and len(values) > 1:
        span_s = float(values[-1, 1] - values[0, 1]) * 1e-6
        told = compare_rates(rate_hz, int(counted.index[-1]) + 1, span_s, "time stamps")
        warnings += [told] if told else []
    labels = tuple(names[k] for k in wanted)
    units = tuple(_unit(label, is_dot=is_dot) for label in labels)
    if any(label.lower().startswith("freeacc") for label in labels):
        warnings.append("Gravity was taken out of FreeAcc: it is no accelerometer signal.")
    stream = FileStream(labels, units, rate_hz, on_grid(values[:, 2:], counted))
    kind = "Xsens DOT CSV" if is_dot else "Xsens MT text"
    return FileData(path, kind, file_sha256(path), (stream,), (), tuple(warnings), "counter")


def _rate_hz(path: Path, table: TextTable) -> float:
    for row in table.head[:-1]:
        found = _RATE.search(",".join(row))
        if found is not None:
            try:
                rate_hz = float(found[1])
            except ValueError:
                break
            if 0 < rate_hz < 1e6:
                return rate_hz
    raise FileFormatError(f"{path}: its header does not give the rate.")


def _unit(label: str, *, is_dot: bool) -> str:
    low = label.lower()
    if low.startswith("gyr"):
        return "deg/s" if is_dot else "rad/s"
    return next((unit for begin, unit in _UNITS.items() if low.startswith(begin)), "")
