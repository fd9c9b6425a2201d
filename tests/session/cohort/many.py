"""A few short recordings of a cohort, with what must be in the tables about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.cli import main
from firingorder.simulation.scenarios import make_body

if TYPE_CHECKING:
    from pathlib import Path

TWO = ("gluteus_maximus_left", "erector_spinae_left")
PERSON = "P-0042"
#: Of whoever named the file after the person.
NAME = "Hanna_Beispiel"
BROKEN = "broken.csv"


def write_csv(path: Path, seed: int, seconds: float = 26.0) -> None:
    """Write two muscles of somebody who does bridges."""
    body = make_body("bridge_mixed", seed=seed, channels=TWO, imu_rate_hz=None)
    values = body.emg_uv(0, round(1000 * seconds))
    lines = [f"{k / 1000:.3f},{glute:.2f},{back:.2f}" for k, (glute, back) in enumerate(values)]
    path.write_text("\n".join([f"time_s,{','.join(TWO)}", *lines]) + "\n", encoding="utf-8")


def write_many(folder: Path) -> list[Path]:
    """Write five recordings of different lengths and a file that is none; return their paths."""
    for seed, name in enumerate(("a", "b", NAME, "d"), start=1):
        write_csv(folder / f"{name}.csv", seed, 18.0 + 3.0 * seed)
    (folder / BROKEN).write_text("time_s,GMAX L\n" + "0.0,nonsense\n" * 40_000, encoding="utf-8")
    device = f"sim:bridge?seed=3&speed=0&imu=0&channels={','.join(TWO)}"
    out = str(folder / "z.mcap")
    command = ["record", "--device", device, "--out", out, "--duration", "16"]
    assert main([*command, "--person", PERSON]) == 0
    return sorted(folder.iterdir())
