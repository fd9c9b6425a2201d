"""Faults of the fault dictionary: planted ones are seen, smaller ones are not, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from firingorder.measures import Metric, PhaseTimes
from firingorder.signal.compensation.data import FaultData, FaultParams, held
from firingorder.signal.compensation.judging import (
    RULES,
    SET_CODES,
    UNSEEN,
    TakeoverWatch,
    inconsistent,
    repetition_faults,
)
from firingorder.signal.reference import ChannelReference, OwnBaseline, PersonalReference
from firingorder.signal.task import TaskSpec

CHANNELS = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
RATE_HZ = 100.0
PHASES = PhaseTimes(
    away_s=1.0, movement_onset_s=1.0, far_from_s=2.5, far_to_s=4.0, back_s=4.0, end_s=5.5
)


def task(*faults: str, side: str = "both", **changes: object) -> TaskSpec:
    """Return a task that is looked at for these faults."""
    known: dict[str, object] = {
        "id": "any",
        "name": "Any",
        "template": "PITCH_LIFT",
        "lift_axis": "tilt",
        "lift_sign": -1,
        "onset_window_ms": (-600.0, 400.0),
        "together_margin_ms": 30.0,
        "prime": ("gluteus_maximus_w",),
        "order_pairs": (),
        "primary_pair": None,
        "sides": ("both", "left", "right"),
        "min_good_reps": 10,
        "working_side": side,
        "faults": faults,
    }
    return TaskSpec(**(known | changes))  # type: ignore[arg-type]


@dataclass
class Levels:
    """RMS of channels by stretches: (channel, from, to, microvolts)."""

    rows: list[tuple[str, float, float, float]] = field(default_factory=list)

    def __call__(self, channel: str, first_s: float, last_s: float) -> float | None:
        mine = [r for r in self.rows if r[0] == channel and r[2] > first_s and r[1] < last_s]
        weights = [min(r[2], last_s) - max(r[1], first_s) for r in mine]
        if not mine:
            return None
        power = sum(w * r[3] ** 2 for w, r in zip(weights, mine, strict=True)) / sum(weights)
        return float(np.sqrt(power))


def smooth(t_s: np.ndarray, from_s: float, to_s: float) -> np.ndarray:
    """Return a cosine ramp from 0 to 1."""
    u = np.clip((t_s - from_s) / (to_s - from_s), 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * u)


def lift(**aside: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return times and angles of a lift of 25 degrees; ``aside`` adds (size, from, to) by axis."""
    t_s = np.arange(0.5, 6.0, 1.0 / RATE_HZ)
    up = smooth(t_s, 1.0, 2.5) - smooth(t_s, 4.0, 5.5)
    angles = np.stack([-25.0 * up, np.zeros_like(up), np.zeros_like(up)], axis=1)
    for axis, (size, from_s, to_s) in aside.items():
        k = ("tilt", "obliquity", "rotation").index(axis)
        angles[:, k] += size * (smooth(t_s, from_s, from_s + 0.3) - smooth(t_s, to_s, to_s + 0.3))
    return t_s, angles


def data(spec: TaskSpec, levels: Levels | None = None, **changes: object) -> FaultData:
    """Return a repetition without a fault."""
    t_s, angles = lift()
    base = FaultData(
        spec, PHASES, CHANNELS, levels or Levels(), t_s, angles, np.full(len(t_s), 0.5)
    )
    return replace(base, rest_rate_deg_s=0.3, **changes)  # type: ignore[arg-type]


def codes(one: FaultData) -> tuple[str, ...]:
    return tuple(f.code for f in repetition_faults(one, FaultParams())[0])


LOUD = [("erector_spinae_left", 0.0, 1.8, 10.0), ("erector_spinae_left", 1.8, 6.0, 20.0)]
EVEN = [("erector_spinae_left", 0.0, 6.0, 10.0)]


@pytest.mark.parametrize(
    ("size_deg", "rows", "seen"),
    [(8.0, LOUD, True), (8.0, EVEN, False), (3.0, LOUD, False), (0.0, EVEN, False)],
    ids=["both", "pelvis only", "back only", "neither"],
)
def test_a_late_arch_needs_the_pelvis_and_the_back(
    size_deg: float, rows: list[tuple[str, float, float, float]], seen: bool
) -> None:
    t_s, angles = lift(tilt=(size_deg, 2.6, 4.4))
    one = replace(data(task("arch_late"), Levels(rows)), t_s=t_s, angles_deg=angles)
    assert codes(one) == (("arch_late",) if seen else ())


def test_without_the_back_a_late_arch_is_not_measured() -> None:
    faults, unseen = repetition_faults(data(task("arch_late")), FaultParams())
    assert (faults, unseen) == ((), ("arch_late",))


@pytest.mark.parametrize(
    ("code", "side", "axis", "towards", "limit_deg"),
    [
        ("open", "left", "rotation", 1.0, 5.0),
        ("open", "right", "rotation", -1.0, 5.0),
        ("hike", "left", "obliquity", 1.0, 5.0),
        ("hike", "right", "obliquity", -1.0, 5.0),
        ("drop", "left", "obliquity", 1.0, 5.0),
        ("drop", "right", "obliquity", -1.0, 5.0),
        ("arch", "left", "tilt", 1.0, 8.0),
        ("tilt", "left", "tilt", -1.0, 8.0),
    ],
)
def test_turning_is_seen_towards_its_side_beyond_its_limit(
    code: str, side: str, axis: str, towards: float, limit_deg: float
) -> None:
    def turned(size: float) -> FaultData:
        t_s, angles = lift(**{axis: (size, 1.5, 3.0)})
        angles[:, 0] += 25.0 * (smooth(t_s, 1.0, 2.5) - smooth(t_s, 4.0, 5.5))  # pelvis keeps still
        return replace(data(task(code, side=side)), t_s=t_s, angles_deg=angles)

    assert codes(turned(towards * (limit_deg + 2.0))) == (code,)
    assert codes(turned(towards * (limit_deg - 1.0))) == ()
    if code != "tilt":
        assert codes(turned(-towards * (limit_deg + 2.0))) == ()


def test_a_hang_on_the_other_leg_is_seen_from_the_leg_that_carries() -> None:
    t_s, angles = lift(obliquity=(-8.0, 1.5, 3.0))
    one = replace(data(task("drop", side="left", id="kickback")), t_s=t_s, angles_deg=angles)
    assert codes(one) == ("drop",)


def test_limits_grow_with_the_sensor_and_with_the_person() -> None:
    t_s, angles = lift(rotation=(6.0, 1.5, 3.0))
    one = replace(data(task("twist")), t_s=t_s, angles_deg=angles)
    assert codes(one) == ("twist",)
    assert codes(replace(one, angle_error_deg=(2.0, 2.0, 7.0))) == ()
    own = PersonalReference(baselines={"rotation_peak_deg": OwnBaseline(1.0, 4.0, 8.0, 20, 2)})
    assert codes(replace(one, reference=own)) == ()


def test_a_short_twist_is_no_twist() -> None:
    t_s, angles = lift()
    angles[(t_s > 2.0) & (t_s < 2.1), 2] = 20.0
    assert codes(replace(data(task("twist")), t_s=t_s, angles_deg=angles)) == ()


@pytest.mark.parametrize(("reacts_s", "asked_s"), [(0.3, 3.0), (0.6, 3.0), (0.6, 8.0), (1.2, 4.0)])
def test_who_holds_from_word_to_word_held_as_asked(reacts_s: float, asked_s: float) -> None:
    """The muscle follows each word by a reaction; its levels are looked at half a second later."""
    cue_s, release_s = 2.0, 2.0 + asked_s
    away_s = cue_s + reacts_s
    kept = PhaseTimes(
        away_s,
        release_s + 2.0,
        far_from_s=away_s + 0.5,
        far_to_s=release_s,
        back_s=release_s + reacts_s,
        cue_s=cue_s,
        release_s=release_s,
    )
    spec = task("hold", template="CUED_HOLD", asked_hold_s=asked_s)
    assert codes(replace(data(spec), phases=kept)) == ()
    # Letting go after two thirds of what was left is told, whether the word still comes or not.
    let_go_s = away_s + 0.66 * (release_s - away_s)
    short = replace(kept, far_to_s=let_go_s, back_s=let_go_s)
    assert codes(replace(data(spec), phases=short)) == ("hold",)
    assert codes(replace(data(spec), phases=replace(short, release_s=None))) == ("hold",)
    unknown = replace(data(spec), phases=replace(kept, back_s=None, release_s=None))
    assert repetition_faults(unknown, FaultParams())[1] == ("hold",)


def test_moving_in_a_hold() -> None:
    one = data(task("not_still"))
    assert one.rate_deg_s is not None
    assert one.t_s is not None
    moved = np.where((one.t_s > 2.0) & (one.t_s < 2.6), 6.0, one.rate_deg_s)
    assert codes(one) == ()
    assert codes(replace(one, rate_deg_s=moved)) == ("not_still",)
    assert repetition_faults(replace(one, rest_rate_deg_s=None), FaultParams())[1] == ("not_still",)


def test_who_trembles_moves_though_every_turn_is_still() -> None:
    one = data(task("not_still"))
    assert one.t_s is not None
    assert one.rate_deg_s is not None
    inside = (one.t_s > 2.0) & (one.t_s < 3.0)
    swing = np.abs(10.0 * np.sin(2.0 * np.pi * 2.0 * one.t_s))
    trembles = np.where(inside, swing, one.rate_deg_s)
    assert codes(replace(one, rate_deg_s=trembles)) == ("not_still",)
    twitches = np.where(np.abs(one.t_s - 2.5) < 0.05, 10.0, one.rate_deg_s)
    twitches = np.where(np.abs(one.t_s - 3.2) < 0.05, 10.0, twitches)
    assert codes(replace(one, rate_deg_s=twitches)) == ()


def test_a_hinge_arches_where_it_comes_up_beyond_the_start() -> None:
    spec = task("arch", template="HINGE", lift_sign=1)
    t_s, angles = lift()
    assert codes(replace(data(spec), t_s=t_s, angles_deg=-angles)) == ()
    beyond = -angles
    beyond[:, 0] -= 12.0 * (smooth(t_s, 4.9, 5.1))
    assert codes(replace(data(spec), t_s=t_s, angles_deg=beyond)) == ("arch",)


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_a_shift_is_judged_where_the_legs_are_loaded(side: str) -> None:
    sign = -1.0 if side == "right" else 1.0
    own = PersonalReference(baselines={"obliquity_mean_deg": OwnBaseline(3.0, 0.5, 1.0, 16, 2)})
    spec = task("shift", side=side, template="HINGE")
    usual = lift(obliquity=(sign * 3.0, 2.0, 4.2))
    shifted = lift(obliquity=(sign * 12.0, 2.0, 4.2))
    for (t_s, angles), seen in ((usual, ()), (shifted, ("shift",))):
        for far_to_s in (4.0, 2.55):
            phases = replace(PHASES, far_to_s=far_to_s)
            one = replace(data(spec, reference=own), t_s=t_s, angles_deg=angles, phases=phases)
            assert codes(one) == seen, far_to_s


def test_one_repetition_scatters_more_than_a_set() -> None:
    own = PersonalReference(baselines={"lead_ms": OwnBaseline(60.0, 25.0, 20.0, 20, 2)})
    assert codes(data(task("es_early"), lead_ms=15.0, reference=own)) == ()
    assert codes(data(task("es_early"), lead_ms=5.0, reference=own)) == ("es_early",)


def test_a_muscle_that_stays_on_is_looked_at_when_it_should_have_let_go() -> None:
    own = PersonalReference(
        channels={"gluteus_maximus_left": ChannelReference(2.0, 100.0, rest_sd_uv=0.1)}
    )
    falling = [("gluteus_maximus_left", 0.0, 5.5, 20.0)]
    # What is told is rest and level together: 1.0 on 2.0 uV is 2.24, 1.6 on 2.0 is 2.56; the limit
    # for half a second is 2.0 + 3 * 0.1 * sqrt(2) = 2.42.
    for release_s, after_uv, seen in ((4.5, 1.0, ()), (4.5, 1.6, ("rest_high",)),
                                      (4.5, 6.0, ("rest_high",)),
                                      (1.0, 1.0, ("rest_high",))):  # fmt: skip
        rows = Levels([*falling, ("gluteus_maximus_left", 5.5, 6.0, after_uv)])
        phases = replace(PHASES, release_s=release_s)
        assert codes(replace(data(task("rest_high"), rows, reference=own), phases=phases)) == seen
    unknown = PersonalReference(channels={"gluteus_maximus_left": ChannelReference(2.0, 100.0)})
    bare = replace(
        data(task("rest_high"), reference=unknown), phases=replace(PHASES, release_s=4.5)
    )
    assert repetition_faults(bare, FaultParams())[1] == ("rest_high",)


def test_percent_needs_a_reference() -> None:
    rows = Levels([("erector_spinae_left", 0.0, 6.0, 30.0)])
    one = data(task("es_loud"), rows)
    assert repetition_faults(one, FaultParams()) == ((), ("es_loud",))
    for reference_uv, seen in ((100.0, ("es_loud",)), (200.0, ()), (0.0, ())):
        own = PersonalReference(
            channels={"erector_spinae_left": ChannelReference(2.0, reference_uv)}
        )
        assert codes(replace(one, reference=own)) == seen


def test_the_other_side_joins_in() -> None:
    rows = Levels([("gluteus_maximus_right", 0.0, 6.0, 30.0)])
    own = PersonalReference(channels={"gluteus_maximus_right": ChannelReference(2.0, 100.0)})
    assert codes(data(task("cross", side="left"), rows, reference=own)) == ("cross",)
    assert codes(data(task("cross", side="right"), rows, reference=own)) == ()


def test_against_the_persons_own() -> None:
    own = PersonalReference(baselines={"hamstring_share": OwnBaseline(0.4, 0.05, 0.1, 20, 2)})
    share = Metric("B11", "hamstring_share", "", 0.55, "1")
    spec = task("ham_lead")
    assert repetition_faults(data(spec, metrics=(share,)), FaultParams())[1] == ("ham_lead",)
    assert codes(data(spec, metrics=(share,), reference=own)) == ("ham_lead",)
    less = replace(share, value=0.48)
    assert codes(data(spec, metrics=(less,), reference=own)) == ()
    refused = replace(share, gate="low_snr")
    assert repetition_faults(data(spec, metrics=(refused,), reference=own), FaultParams())[1]


def test_an_early_back_is_a_note() -> None:
    own = PersonalReference(baselines={"lead_ms": OwnBaseline(60.0, 20.0, 40.0, 20, 2)})
    found, _ = repetition_faults(data(task("es_early"), lead_ms=10.0, reference=own), FaultParams())
    assert [(f.code, f.note) for f in found] == [("es_early", True)]
    assert codes(data(task("es_early"), lead_ms=30.0, reference=own)) == ()


def test_tempo_needs_one_that_was_asked_for() -> None:
    usual = task("tempo", tempo_s=(3.0, 3.0, 3.0))
    assert repetition_faults(data(usual), FaultParams()) == ((), ("tempo",))
    assert codes(data(task("tempo", asked_tempo_s=(1.5, 1.5, 1.5)))) == ()
    assert codes(data(task("tempo", asked_tempo_s=(3.0, 1.5, 1.5)))) == ("tempo",)
    # Muscles do not tell when a limb is up: only how long it took in all.
    for asked_s, seen in (((2.5, 0.5, 1.5), ()), ((1.0, 0.5, 1.0), ("tempo",))):
        limb = task("tempo", template="STILL_LIMB", asked_tempo_s=asked_s)
        assert codes(data(limb)) == seen


def test_letting_go_late() -> None:
    spec = task("no_quiet", "missed")
    cued = replace(PHASES, cue_s=0.8, release_s=2.0)
    assert codes(replace(data(spec), phases=cued)) == ("no_quiet",)
    assert codes(replace(data(spec), phases=replace(cued, release_s=4.0))) == ()
    assert codes(replace(data(task("missed")), phases=cued, missed=True)) == ("missed",)


def test_every_code_of_the_records_has_a_rule_or_says_that_it_cannot_be_seen() -> None:
    from firingorder.training.exercises import load_task, task_ids

    known = {*RULES, *SET_CODES, *UNSEEN, "takeover"}
    for name in task_ids():
        assert set(load_task(name).faults) <= known, name


def test_neighbours_take_over() -> None:
    def trip(rows: list[tuple[float, float]]) -> bool:
        watch = TakeoverWatch()
        found: tuple[object, ...] = ()
        for ratio, glute in rows:
            found = watch.step(
                (
                    Metric("B16", "glute_level", "left", glute, "%"),
                    Metric("B16", "neighbour_ratio", "left", ratio, "1"),
                ),
                0.0,
            )
        return bool(found)

    usual = [(1.0, 40.0), (1.05, 41.0), (0.95, 40.0)]
    assert trip([*usual, (1.5, 39.0), (1.6, 38.0)])
    assert not trip([*usual, (1.1, 39.0), (1.1, 38.0)])
    assert not trip([*usual, (1.5, 50.0), (1.6, 50.0)])  # the glutes do more as well
    assert not trip(usual)


def test_depth_that_varies() -> None:
    assert inconsistent([30.0, 42.0, 25.0, 38.0], FaultParams())
    assert not inconsistent([30.0, 32.0, 29.0, 31.0], FaultParams())
    assert not inconsistent([10.0, 60.0], FaultParams())


def test_held_takes_the_first_long_stretch() -> None:
    t_s = np.arange(100) / 100.0
    value = np.zeros(100)
    value[10:15], value[40:80] = 9.0, 7.0
    found = held(t_s, value, 5.0, 0.2)
    assert found is not None
    assert (found.at_s, found.value) == (0.4, 7.0)
