"""All metrics of a repetition together: every template, bad input, the same numbers again."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from firingorder.measures import MetricGate, PhaseTimes
from firingorder.signal.metrics import repetition_metrics
from firingorder.signal.reference import PersonalReference
from firingorder.signal.task import Template
from tests.signal.metrics.people import CHANNELS, PHASES, emg, onset, reference, repetition, task
from tests.signal.planted import generator

SEED = 571
LEVELS = (40.0, 20.0, 10.0, 15.0, 8.0, 12.0)
TEMPLATES = get_args(Template)
BARE = PhaseTimes(1.5, 5.0)
CODES = {
    "PITCH_LIFT": {"B5", "B10", "B11", "B14", "B15", "B16", "B25"},
    "STILL_LIMB": {"B10", "B11", "B12", "B13", "B14", "B16"},
    "CUED_HOLD": {"B6", "B8", "B10", "B11", "B13"},
    "HINGE": {"B10", "B11", "B14", "B22"},
    "STEP": {"B10", "B14"},
    "IMPACT": {"B14", "B23"},
    "BALANCE": {"B10", "B14"},
}


def person(**more):
    return repetition(emg(generator(SEED, "rep", 0), LEVELS), **more)


def sound(found) -> None:
    """No number without an interval or with a gate, no NaN, no gate that nobody knows."""
    for one in found:
        if one.gate is None:
            assert one.value is not None, one
            assert math.isfinite(one.value), one
            assert one.low is not None, one
            assert one.high is not None, one
            assert one.low <= one.value <= one.high, one
        else:
            assert one.gate in get_args(MetricGate)
            assert one.value is None, one
    names = [(one.name, one.subject, one.unit) for one in found]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("side", ["both", "left", "right"])
def test_every_template_has_its_metrics(template, side) -> None:
    cued = template == "CUED_HOLD"
    phases = replace(PHASES, cue_s=1.2, release_s=4.5) if cued else PHASES
    found = repetition_metrics(person(task=task(template, side), phases=phases))
    sound(found)
    codes = {one.code for one in found if one.gate is None}
    wanted = CODES[template] | {"B1", "B7", "B25"}
    assert wanted - {"B13"} <= codes
    assert ("B13" in codes) == (side == "both" and template != "IMPACT")


@pytest.mark.parametrize("template", TEMPLATES)
def test_without_phases_angles_reference_or_onsets_everything_is_refused(template) -> None:
    found = repetition_metrics(
        person(
            task=task(template),
            phases=BARE,
            onsets={},
            offsets={},
            angle_times_s=np.empty(0),
            angles_deg=np.empty((0, 3)),
            reference=PersonalReference(),
        )
    )
    sound(found)
    assert not [one for one in found if one.unit in ("%", "deg") and one.value is not None]


@pytest.mark.parametrize("template", TEMPLATES)
def test_bad_signal_is_refused_and_never_raises(template) -> None:
    x = emg(generator(SEED, "bad", 0), LEVELS)
    nothing, short = np.full_like(x, np.nan), x[:50]
    for bad in (nothing, short, x[:0], np.zeros_like(x)):
        data = person(task=task(template))
        data = replace(data, emg_uv=bad, times_s=np.arange(len(bad)) / 1000.0)
        found = repetition_metrics(data)
        sound(found)
        amplitudes = [one for one in found if one.unit in ("uV", "dB") or one.code == "B11"]
        assert not [one for one in amplitudes if one.value is not None]


def test_the_same_repetition_gives_the_same_bits() -> None:
    assert repetition_metrics(person()) == repetition_metrics(person())


def test_order_needs_no_normalisation() -> None:
    bare, known = (repetition_metrics(person(reference=one)) for one in (
        reference(kind="none"), reference()
    ))  # fmt: skip
    for code in ("B1", "B5", "B7", "B25"):
        assert [one for one in bare if one.code == code] == [
            one for one in known if one.code == code
        ]


def test_eight_channels_over_four_seconds_are_sound() -> None:
    names = (*CHANNELS, "gluteus_medius_left", "gluteus_medius_right")
    phases = PhaseTimes(1.0, 3.8, 1.0, 1.8, 2.8, 2.9, "ok", 0.04)
    x = emg(generator(SEED, "cost", 0), (*LEVELS, 5.0, 6.0), seconds=4.0)
    data = replace(
        repetition(x[:, :6]),
        emg_uv=x,
        channels=names,
        phases=phases,
        reference=reference((100.0,) * 8, channels=names),
        onsets={name: onset(1.4) for name in names},
    )
    found = repetition_metrics(data)
    assert len(found) > 8
    sound(found)
    assert repetition_metrics(data) == found
