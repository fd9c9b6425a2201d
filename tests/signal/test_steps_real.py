"""Steps of two real people with a sensor on the lower back, against foot contacts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firingorder.signal.step_contacts import ContactParams, Contacts
from firingorder.signal.steps import StepParams, Steps
from tests.signal.gait_data import RATE_HZ, trials
from tests.signal.planted_poses import ends, find, task

if TYPE_CHECKING:
    from tests.conftest import DataFolder

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
#: A contact within this of a true one is that one.
NEAR_S = 0.25


def test_contacts_of_real_walks(data_folder: DataFolder) -> None:
    print()
    scores: dict[str, list[tuple[int, int, int, int]]] = {}
    errors: dict[str, list[float]] = {}
    for trial in trials(data_folder("mobgap")):
        contacts = Contacts(ContactParams(), RATE_HZ)
        found = [c for t, pose in trial.samples if (c := contacts.step(t, pose)) is not None]
        at = np.array([one.at_s for one in found])
        for walk in trial.walks:
            inside = at[(at > walk.contacts_s[0] - NEAR_S) & (at < walk.contacts_s[-1] + NEAR_S)]
            hits, feet = 0, 0
            for true_s, foot in zip(walk.contacts_s, walk.feet, strict=True):
                k = int(np.argmin(np.abs(at - true_s)))
                if abs(at[k] - true_s) > NEAR_S:
                    continue
                hits += 1
                feet += (found[k].to_left > 0.0) == (foot == "L")
                errors.setdefault(f"{trial.person} {trial.name}", []).append(at[k] - true_s)
            row = (len(walk.contacts_s), hits, len(inside), feet)
            scores.setdefault(f"{trial.person} {trial.name}", []).append(row)
    for name, rows in scores.items():
        true, hits, inside, feet = np.sum(rows, axis=0)
        ms = 1e3 * np.array(errors[name])
        print(
            f"  {name}: {true} contacts, found {hits / true:.0%}, of those told "
            f"{min(1.0, hits / inside):.0%} right, foot {feet / hits:.0%}; "
            f"error median {np.median(ms):.0f}, 95 % {np.quantile(np.abs(ms), 0.95):.0f} ms"
        )
        if "Test5" in name:  # straight walks, seen whole by the reference
            assert hits == true == inside
            assert feet / hits > 0.8
            assert np.quantile(np.abs(ms), 0.95) < 60.0
    true, hits, _, feet = np.sum([r for n, v in scores.items() if "HA_001" in n for r in v], axis=0)
    assert hits / true > 0.88
    assert feet / hits > 0.85


def test_steps_and_strides_of_a_real_walk(data_folder: DataFolder) -> None:
    trial = next(trials(data_folder("mobgap")))
    walk = trial.walks[0]
    both = Steps(StepParams(), task("gait", "STEP", "walking"), RATE_HZ)
    steps = ends(find(both, trial.samples))
    sides = [both.side_of(one.index) for one in steps]
    # The first foot of a walk is the hardest to tell: nothing came before it.
    wrong = sum(a == b for a, b in itertools.pairwise(sides))
    assert wrong <= 1
    assert len(steps) == pytest.approx(len(walk.contacts_s), abs=2)
    left = Steps(StepParams(), task("gait", "STEP", "walking", side="left"), RATE_HZ)
    strides = [one for one in ends(find(left, trial.samples)) if not one.reasons]
    lasted = [one.end_s - one.start_s for one in strides]
    assert len(strides) >= 3
    assert np.median(lasted) == pytest.approx(np.median(np.diff(walk.contacts_s[::2])), abs=0.08)
    for one in strides:
        assert one.phases is not None
        assert one.phases.far_to_s is not None
        stance = (one.phases.far_to_s - one.start_s) / (one.end_s - one.start_s)
        assert 0.55 < stance < 0.75


def test_standing_before_and_after_is_no_step(data_folder: DataFolder) -> None:
    for trial in trials(data_folder("mobgap")):
        if "Test5" not in trial.name or not trial.walks:
            continue
        first = min(walk.contacts_s[0] for walk in trial.walks)
        segmenter = Steps(StepParams(), task("gait", "STEP", "walking"), RATE_HZ)
        steps = ends(find(segmenter, [row for row in trial.samples if row[0] < first - 1.0]))
        assert steps == []
