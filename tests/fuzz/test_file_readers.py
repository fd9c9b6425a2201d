"""Damaged files of other programs: opened, or refused in one sentence, never anything else."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.errors import FiringOrderError
from firingorder.recording.readers import read_file
from tests.recording.foreign_files import MAKERS

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20_262
#: Each of them is read whole. Before a release raise them: 250 of each were survived.
FLIPS, CUTS = 12, 6


def _survives(path: Path) -> bool:
    """Read a file; True if it was opened."""
    try:
        data = read_file(path, rate_hz=200.0)
    except FiringOrderError as error:
        said = str(error)
        assert str(path) in said or path.name in said, said
        assert "\n" not in said, said
        return False
    for stream in data.streams:
        assert stream.samples.ndim == 2
        assert len(stream.labels) == len(stream.units) == stream.samples.shape[1]
        assert 0 < stream.rate_hz < 1e6
        assert np.isfinite(stream.t0_s)
        assert not np.isinf(stream.samples).any()
    return True


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_damage_is_survived(tmp_path: Path, name: str) -> None:
    print(f"seed {SEED}")
    rng = random.Random(f"{SEED} {name}")
    sound = tmp_path / f"sound_{name}"
    MAKERS[name](sound)
    whole = sound.read_bytes()
    assert _survives(sound), "the undamaged file is opened"
    path = tmp_path / name
    opened = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(FLIPS + CUTS):
            damaged = bytearray(whole)
            if k < FLIPS:
                # Half of the damage hits the first kilobyte, where the headers are.
                end = min(len(whole), 1024) if k % 2 else len(whole)
                for _ in range(1 + k % 3):
                    damaged[rng.randrange(end)] ^= 1 << rng.randrange(8)
            else:
                del damaged[rng.randrange(len(whole)) :]
            path.write_bytes(damaged)
            opened += _survives(path)
    print(f"{opened} of {FLIPS + CUTS} opened")
