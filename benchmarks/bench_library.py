"""How fast a library of ten years answers: ``python -m benchmarks library``.

10 000 sessions of 50 people with 240 000 repetitions, on SQLite and, where it is installed, on
PostgreSQL. "Opens" is what the page of the library needs: schema looked at, the newest 200 sessions
with their numbers, and everybody. Process CPU is that of this process, wall time includes the disk
and the server. ``python -m benchmarks.bench_library`` also writes docs/reference/library.md.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import column, insert, table

from benchmarks.__main__ import as_table, judge
from benchmarks.postgres_server import running
from firingorder.library import models as m
from firingorder.library import open_library
from firingorder.library.named_values import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from firingorder.library.library import Library

PEOPLE, SESSIONS, REPETITIONS = 50, 10_000, 24
SEED = 7
#: Of a result as it is kept. That of 24 bridges has four times as much; nothing here reads it.
RESULT_BYTES = 20_000
#: Clinical metrics of one session in the trend: as many as a bridge with eight channels has.
METRICS = 110
OPEN_BAR_S, TREND_BAR_S = 1.0, 0.05
RUNS = 9
T0, DAY_S = 1_500_000_000.0, 86_400.0
DOC = Path(__file__).resolve().parents[1] / "docs" / "reference" / "library.md"
_COLD = """
import sys, time
begin = time.perf_counter()
from pathlib import Path
from firingorder.library import open_library
library = open_library(folder=Path(sys.argv[1]))
assert len(library.sessions()) == 200 and len(library.people()) == int(sys.argv[2])
print(time.perf_counter() - begin, time.process_time())
"""


def run() -> list[dict[str, Any]]:
    """Build the library on each database and measure it."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="firingorder-bench-") as name:
        folder = Path(name)
        rows += measured("SQLite", None, folder)
        cold_s, cold_cpu_s = cold(folder)
        rows.append(row("SQLite: opens in a fresh process, imports too, wall", cold_s, None))
        rows.append(row("the same, process CPU with the start of Python", cold_cpu_s, OPEN_BAR_S))
        size_mb = (folder / "library.sqlite").stat().st_size / 1e6
        rows.append({"name": "SQLite: file", "value": size_mb, "unit": "MB", "bar": None})
    with tempfile.TemporaryDirectory(prefix="firingorder-bench-") as name, running() as server:
        if server is None:
            rows.append(row("PostgreSQL: skipped, it is not installed", None, None))
        else:
            rows += measured("PostgreSQL", server.new_database(), Path(name))
    return rows


def measured(name: str, url: str | None, folder: Path) -> list[dict[str, Any]]:
    """Fill one library and return its rows."""
    library = open_library(url, folder=folder)
    begin = time.perf_counter()
    fill(library)
    filled_s = time.perf_counter() - begin
    library.close()
    chance = random.Random(SEED)
    codes = [f"P{chance.randrange(PEOPLE):03d}" for _ in range(RUNS)]

    def opens(_code: str) -> None:
        one = open_library(url, folder=folder)
        assert len(one.sessions()) == 200
        assert len(one.people()) == PEOPLE
        one.close()

    def draws(code: str) -> None:
        assert len(library.trend(code, "bridge", "both")) == SESSIONS // PEOPLE

    def finds(code: str) -> None:
        assert len(library.sessions(search=f"{code} bridge")) == SESSIONS // PEOPLE

    library = open_library(url, folder=folder)
    rows = [row(f"{name}: {SESSIONS} sessions written, wall", filled_s, None)]
    for what, work, bar in (
        ("opens: first page of sessions, people", opens, OPEN_BAR_S),
        (f"trend of a person, {SESSIONS // PEOPLE} sessions", draws, TREND_BAR_S),
        ("search over all sessions", finds, None),
    ):
        wall_s, cpu_s = timed(work, codes)
        rows.append(row(f"{name}: {what}, wall", wall_s, bar))
        rows.append(row(f"{name}: {what}, process CPU", cpu_s, bar))
    library.close()
    return rows


def timed(work: Callable[[str], None], codes: list[str]) -> tuple[float, float]:
    """Return the least wall time, as other programs let it be, and the median of process CPU."""
    wall: list[float] = []
    cpu: list[float] = []
    for code in codes:
        begin, before = time.perf_counter(), time.process_time()
        work(code)
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - begin)
    return min(wall), statistics.median(cpu)


def cold(folder: Path) -> tuple[float, float]:
    """Return the same of opening in a process of its own."""
    found: list[tuple[float, float]] = []
    for _ in range(3):
        command = [sys.executable, "-c", _COLD, str(folder), str(PEOPLE)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        found.append((float(said[0]), float(said[1])))
    return min(one[0] for one in found), statistics.median(one[1] for one in found)


def fill(library: Library) -> None:
    """Write ten years: sessions in turn for everybody, each with a result and its repetitions."""
    chance = random.Random(SEED)
    print(f"seed {SEED}", file=sys.stderr)
    result = chance.randbytes(RESULT_BYTES)
    metrics = [(f"metric_{k}:of_{k % 8}", round(chance.random(), 6)) for k in range(METRICS)]
    text = to_text(metrics)
    with library.engine.execution_options(writes=True).connect() as connection:
        with connection.begin():
            people = [{"id": k + 1, "code": f"P{k:03d}", "created_s": T0} for k in range(PEOPLE)]
            connection.execute(insert(m.Person), people)
            for first in range(0, SESSIONS, 500):
                batch = range(first, first + 500)
                _fill(connection, batch, result, text, chance)
    with library.reading() as session:
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()


def _fill(
    connection: Connection, numbers: range, result: bytes, metrics: str, chance: random.Random
) -> None:
    recordings: list[dict[str, Any]] = []
    sessions: list[dict[str, Any]] = []
    analyses: list[dict[str, Any]] = []
    repetitions: list[dict[str, Any]] = []
    summaries: list[dict[str, Any]] = []
    for k in numbers:
        key, start_s, person = k + 1, T0 + k * DAY_S / 3.0, k % PEOPLE + 1
        leads = [round(chance.gauss(40.0, 30.0), 2) for _ in range(REPETITIONS)]
        first = sum(lead > 20.0 for lead in leads)
        counts = {
            "scored": REPETITIONS, "glutes_first": first, "together": REPETITIONS - first,
            "back_first": 0, "unclear": 0,
        }  # fmt: skip
        recordings.append(
            {
                "id": key, "recording_id": f"rec-{k:06d}", "path": f"recordings/{k:06d}.mcap",
                "sha256": f"{k:064x}", "bytes": 1_000_000, "finished": True, "simulated": False,
                "software": "0.1.0", "added_s": start_s,
            }
        )  # fmt: skip
        sessions.append(
            {
                "id": key, "person_id": person, "recording_id": key, "start_s": start_s,
                "duration_s": 600.0, "task": "bridge", "side": "both", "calibration": "",
                "pain_before": 3, "pain_after": 2, "analysed": True, "repetitions": REPETITIONS,
                **counts,
            }
        )  # fmt: skip
        analyses.append(
            {
                "id": key, "recording_id": key, "sha256": f"{k:064x}", "montage_hash": "m",
                "calibration": "", "settings_hash": "s", "version": "0.1.0", "made_s": start_s,
                "result": result,
            }
        )  # fmt: skip
        repetitions += [
            {
                "analysis_id": key, "number": n, "set_index": 1, "task": "bridge", "side": "both",
                "start_s": 5.0 * n, "end_s": 5.0 * n + 4.0, "scored": True,
                "verdict": "glutes_first", "reason": "", "lead_ms": lead, "low_ms": lead - 12.0,
                "high_ms": lead + 12.0,
            }
            for n, lead in enumerate(leads, 1)
        ]  # fmt: skip
        middle = statistics.median(leads)
        summaries.append(
            {
                "session_id": key, "person_id": person, "start_s": start_s, "task": "bridge",
                "side": "both", "version": "0.1.0", "leads": REPETITIONS, **counts,
                "share": first / REPETITIONS, "share_low": 0.1, "share_high": 0.9,
                "lead_ms": middle, "lead_low_ms": middle - 9.0, "lead_high_ms": middle + 9.0,
                "lead_q1_ms": middle - 20.0, "lead_q3_ms": middle + 20.0,
                "lead_left_ms": middle, "lead_right_ms": middle, "metrics": metrics,
            }
        )  # fmt: skip
    connection.execute(insert(m.Recording), recordings)
    connection.execute(insert(m.Session), sessions)
    # Past the type that would pack each result once more: they are bytes already.
    connection.execute(insert(table("analysis", *map(column, analyses[0]))), analyses)
    connection.execute(insert(m.Repetition), repetitions)
    connection.execute(insert(m.Summary), summaries)


def row(name: str, value: float | None, bar: float | None) -> dict[str, Any]:
    """Return one line of the table, in seconds."""
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "bar": None if bar is None else f"<= {bar}",
    }


def write_doc(rows: list[dict[str, Any]]) -> None:
    """Put the figures into the page of the library, between its two marks."""
    begin, end = "<!-- figures -->\n", "<!-- end of figures -->"
    text = DOC.read_text(encoding="utf-8")
    lines = ["| what | measured | bar |", "|---|---|---|"]
    for one in rows:
        if one["value"] is not None:
            bar = "" if one["bar"] is None else f"≤ {_words(float(one['bar'].removeprefix('<= ')))}"
            value = _words(one["value"]) if one["unit"] == "s" else f"{one['value']:.0f} MB"
            lines.append(f"| {one['name']} | {value} | {bar} |")
    before, after = text.split(begin)[0], text.split(end)[1]
    table_text = "\n".join(lines)
    DOC.write_text(f"{before}{begin}\n{table_text}\n\n{end}{after}", encoding="utf-8")


def _words(value_s: float) -> str:
    """Return a time as people read it."""
    return f"{value_s:.0f} s" if value_s >= 1.0 else f"{1000.0 * value_s:.0f} ms"


if __name__ == "__main__":
    found = run()
    print(as_table([{**one, "passed": judge(one["value"], one["bar"])} for one in found]))
    write_doc(found)
