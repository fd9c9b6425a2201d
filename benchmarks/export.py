"""What an export costs: ``python -m benchmarks.export [FILE.mcap]``.

Ten minutes of eight channels at 1 kHz with a pelvis sensor, recorded from the virtual belt unless
a recording is named. Decoding is measured by itself: it is the same for every format. Looking for
onsets is what ``firingorder analyse`` costs, and falls away where a library keeps the result.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firingorder.cli import main as command
from firingorder.recording.reader import open_recording
from firingorder.session.exchange.exporting import ExportOptions, write_export
from firingorder.session.exchange.exporting_collect import collect
from firingorder.session.exchange.exporting_data import Found, Wishes, export_data
from firingorder.session.exchange.exporting_privacy import Pseudonym
from firingorder.session.files import analyse_path

if TYPE_CHECKING:
    from collections.abc import Callable

DURATION_S = 600
FORMATS = ("bids", "bdf", "csv", "c3d", "parquet", "mat")
#: Decoding and writing together, seconds of process time.
BAR_S = 5.0


def run(path: Path | None = None) -> list[dict[str, Any]]:
    """Measure on a temporary folder of the default disk; return one row for each format."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = open_recording(path or _record(folder / "ten.mcap"))
        analysis, analysed = _measured(lambda: analyse_path(recording.path))
        collected, decoded = _measured(lambda: collect(recording, analyse=False))
        print(f"analysis {_words(analysed)}; decoding {_words(decoded)}")
        data = export_data(
            recording, collected, Found(analysis), Pseudonym("sub-01", None), None, Wishes()
        )
        rows: list[dict[str, Any]] = []
        for to in FORMATS:
            out = folder / to
            _, written = _measured(
                lambda to=to, out=out: write_export(data, to, out, ExportOptions())
            )
            size = sum(one.stat().st_size for one in out.rglob("*") if one.is_file())
            total_s = decoded[0] + written[0]
            print(
                f"{to:8} written {_words(written)}, {size / 1e6:5.1f} MB; with decoding "
                f"{total_s:.2f} s of process time (bar {BAR_S:g})"
            )
            rows.append({"name": f"export to {to}", "value": total_s, "unit": "s", "bar": BAR_S})
        return rows


def _record(path: Path) -> Path:
    arguments = ["record", "--device", "sim:bridge_mixed?seed=3&speed=0", "--out", str(path)]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        assert command([*arguments, "--duration", str(DURATION_S)]) == 0
    return path


def _measured(work: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Return what work gives, and its process time and time by the clock, seconds."""
    cpu_s, clock_s = time.process_time(), time.perf_counter()
    made = work()
    return made, (time.process_time() - cpu_s, time.perf_counter() - clock_s)


def _words(spent: tuple[float, float]) -> str:
    return f"{spent[0]:.2f} s of process time, {spent[1]:.2f} s by the clock"


if __name__ == "__main__":
    slow = [row for row in run(Path(sys.argv[1]) if sys.argv[1:] else None) if row["value"] > BAR_S]
    sys.exit(1 if slow else 0)
