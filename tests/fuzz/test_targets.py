"""The targets of the fuzzing campaign hold for seeded random bytes, and would notice a fault."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.seeds import all_seeds
from tests.fuzz.targets import all_targets

SEED = 20_261
INPUTS = 150
LONGEST = 1500


@pytest.mark.parametrize("name", sorted(all_targets()))
def test_random_bytes_are_survived(name: str) -> None:
    print(f"seed {SEED}")
    rng = random.Random(f"{SEED} {name}")
    run = all_targets()[name]
    for _ in range(INPUTS):
        run(rng.randbytes(rng.randrange(LONGEST)))


@pytest.mark.parametrize("name", sorted(all_targets()))
def test_sound_inputs_are_survived_too(name: str) -> None:
    seeds = all_seeds(name)
    assert seeds
    for data in seeds.values():
        all_targets()[name](data)
