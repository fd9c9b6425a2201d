"""The method page gives the numbers that are in the code.

Every phrase below is made from the default settings, so a changed number and a changed page both
show here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from firingorder.session.arrays import LEAST_RATE_HZ
from firingorder.signal import forecast
from firingorder.signal.desk_params import DeskParams
from firingorder.signal.rises import FIRST_UNIT_SHARE, TONE_RANGE, before_first_unit, rises
from firingorder.signal.saturation import ClippingParams
from firingorder.signal.settings import Settings
from firingorder.signal.whitening import AR_MEMORY_S
from firingorder.simulation.motor_units import PoolParams
from firingorder.training.exercises import load_task

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "method.md"
S = Settings()
GATES, EDGE, LIVE = S.onset.gates, S.onset.edge, S.live
RISE, EVENTS, REST, GRID = EDGE.rise, EDGE.events, EDGE.rest, EDGE.grid
BURSTS, OFFSET, HUM = S.onset.bursts, S.onset.offset, S.conditioning.hum
CLEAN, CROSS = S.desk.cleaning, S.desk.crosstalk
BEATS, LEAK, MOTION, UPPER = CLEAN.beats.beats, CLEAN.beats, CLEAN.artefacts, CLEAN.upper
NUISANCE, VERDICTS = LIVE.nuisance, S.live_verdicts
TASK, CLIP, POOL = load_task("bridge"), ClippingParams(), PoolParams()
SETS, TABLE = S.sets, S.quality


def ms(seconds: float) -> str:
    return f"{1e3 * seconds:g}"


def pc(share: float) -> str:
    return f"{100 * share:g}"


def listed(values: tuple[float, ...], scale: float = 1.0) -> str:
    return "{" + ", ".join(f"{scale * one:g}" for one in values) + "}"


def listed_or(spans_s: tuple[float, ...]) -> str:
    return ", ".join(ms(one) for one in spans_s[:-1]) + f" or {ms(spans_s[-1])}"


def size(value: float) -> str:
    """Return a number without its sign, where the page has words for it."""
    return f"{abs(value):g}"


#: Section of the page, and what it must say there.
SAID: tuple[tuple[int, str], ...] = (
    (1, f"{TASK.together_margin_ms:g} ms unless the task says otherwise"),
    (1, f"against rest throughout < {GATES.min_log_bayes:g}"),
    (1, f"plateau power < {pc(GATES.min_level_share)} %"),
    (1, f"known after {S.desk.known_levels} repetitions"),
    (1, f"outside {GATES.spectrum.lowest_hz:g} to {GATES.spectrum.highest_hz:g} Hz"),
    (1, f"SNR < {GATES.min_snr_db:g} dB"),
    (1, f"[onset - {ms(GATES.before_s)} ms, onset + {ms(GATES.after_s)} ms]"),
    (1, f"within {ms(CLEAN.pop_reach_s)} ms of the onset's 95 % interval"),
    (1, f"in {listed_or(GATES.lines.spans_s)} ms that begin at the onset or "
        f"{ms(GATES.lines.early_s)} ms before it"),
    (1, f"stand {GATES.lines.least_over_neighbours:g} times above their neighbours "
        f"({GATES.lines.early_over_neighbours:g} times before the onset) hold at least "
        f"{pc(GATES.lines.least_share)} % of the power above rest"),
    (1, f"less than {GATES.min_rest_s:g} s of rest"),
    (1, f"changed by more than {GATES.max_rest_drift_db:g} dB between its halves"),
    (1, f"at least {pc(GATES.event_share)} % each, more than {ms(GATES.event_gap_s)} ms apart"),
    (1, f"more than {pc(GATES.edge_share)} % of the posterior in the first or last "
        f"{ms(GATES.edge_s)} ms"),
    (1, f"lags ±{ms(CROSS.lag_s)} ms"),
    (1, f"at least {pc(CROSS.least_share)} % of the burst's power above rest in its first "
        f"{ms(CROSS.spans_s[0])}, {ms(CROSS.spans_s[1])} or {ms(CROSS.spans_s[2])} ms"),
    (1, f"stronger between the first onset and {ms(CROSS.start_s)} ms after the second"),
    (1, f"p < {CROSS.p_value:g}, up to {ms(max(CROSS.spans_s))} or {ms(CROSS.heard_s)} ms after"),
    (1, f"uncertain by more than {S.order.clock_limit_ms:g} ms"),
    (1, f"less than {S.conditioning.lowest_rate_hz:g} samples a second"),
    (1, f"until it is at least {S.order.sequence_level:g}"),
    (1, f"reaches {pc(EVENTS.least_share)} % of the plateau's power"),
    (2, f"Analysis rate {S.conditioning.analysis_rate_hz:g} Hz"),
    (2, f"Butterworth, order {S.conditioning.highpass_order}, {S.conditioning.highpass_hz:g} Hz"),
    (2, f"band-pass of {S.conditioning.low_hz[0]:g} to {S.conditioning.low_hz[1]:g} Hz, order "
        f"{S.conditioning.low_order}"),
    (2, f"Cells of {ms(2 * HUM.hop_s)} ms every {ms(HUM.hop_s)} ms"),
    (2, f"below {HUM.quiet_ratio:g} times the rest's power"),
    (2, f"harmonics of {HUM.mains_hz[0]:g} and {HUM.mains_hz[1]:g} Hz up to {HUM.highest_hz:g} Hz"),
    (2, f"From {HUM.least_cells} quiet cells on, when a harmonic stands {HUM.on_ratio:g} times"),
    (2, f"from the latest {HUM.cells} and subtracted, with every harmonic above "
        f"{HUM.keep_ratio:g} times; it ends below {HUM.off_ratio:g} times, or after "
        f"{HUM.hold_s:g} s"),
    (2, f"over {HUM.shape_memory_s:g} s, gain and phase over {HUM.gain_memory_s:g} s"),
    (2, f"more than {TABLE.mains_over_neighbours:g} times above its neighbourhood and above "
        f"{TABLE.mains_uv:g} uV RMS"),
    (2, f"sought in these samples and {LEAK.look_back_s:g} s before: at least "
        f"{BEATS.least_beats}, correlation {BEATS.least_match:g} with their mean, "
        f"{BEATS.interval_s[0]:g} to {BEATS.interval_s[1]:g} s apart, regular within "
        f"{pc(BEATS.irregularity)} %"),
    (2, f"from {size(1e3 * LEAK.span_s[0])} ms before to {ms(LEAK.span_s[1])} ms after"),
    (2, f"RMS over {MOTION.window_s:g} s"),
    (2, f"from {MOTION.from_level[0]:g} the corner is raised to {MOTION.corners_hz[0]:g} Hz, from "
        f"{MOTION.from_level[1]:g} to {MOTION.corners_hz[1]:g} Hz"),
    (2, f"an edge of {MOTION.spike_level:g} times the rest's RMS and {MOTION.spike_ratio:g} times"),
    (2, f"more than {pc(UPPER.least_share)} % of the band lies {size(UPPER.empty_db)} dB below the "
        f"body of the spectrum ({UPPER.body_hz[0]:g} to {UPPER.body_hz[1]:g} Hz): white noise of "
        f"{UPPER.noise_share:g} of the rest's RMS"),
    (2, f"quietest {BURSTS.seed_s:g} s, energy over innovation variance, {ms(BURSTS.smooth_s)} ms"),
    (2, f"on above max({BURSTS.min_ratio:g}, 1 + {BURSTS.peak_share:g} (q95 - 1)); runs < "
        f"{ms(BURSTS.min_run_s)} ms dropped, gaps < {ms(BURSTS.join_s)} ms joined, bouts > "
        f"{ms(BURSTS.min_bout_s)} ms kept"),
    (2, f"up to {BURSTS.rest_s:g} s ending {ms(BURSTS.rest_guard_s)} ms before a, at least "
        f"{ms(BURSTS.rest_after_s)} ms after an earlier burst, {ms(BURSTS.block_s)} ms blocks "
        f"above {BURSTS.block_limit:g} times the median"),
    (2, f"{ms(BURSTS.plateau_smooth_s)} ms mean energy reaches {BURSTS.plateau_share:g} of the "
        f"median of its upper {pc(BURSTS.plateau_upper)} %, to {ms(BURSTS.plateau_end_guard_s)} ms "
        f"before the burst's end, of at most {BURSTS.plateau_max_s:g} s (at least "
        f"{ms(BURSTS.plateau_min_s)} ms"),
    (2, f"{EDGE.ladder.spectrum_points} points) floored at {pc(EDGE.ladder.spectrum_floor)} % of "
        f"the burst's, at least {EDGE.ladder.min_signal:g} R0"),
    (2, f"the level of the rest {ms(S.onset.before.near_guard_s)} ms before a"),
    (2, f"begins in what was taken for rest, all of it once more with the rest that ends "
        f"{ms(S.onset.before.begun_guard_s)} ms before that"),
    (2, f"more than {EDGE.max_snr_db:g} dB below the burst"),
    (2, f"ρ_1 = {EDGE.ladder.first_over_snr:g} / snr"),
    (2, f"Onsets are told {ms(EDGE.early_s)} ms later than this gives them"),
    (2, f"ratio {EDGE.ladder.ratio:g}, up to {EDGE.ladder.top:g} "),
    (2, f"diagonal × {EDGE.ladder.diagonal:g}, Levinson: AR({round(1e3 * AR_MEMORY_S)})"),
    (2, f"T in {listed(RISE.rise_s, 1e3)} ms, cold weights {listed(RISE.rise_weight)}"),
    (2, f"for the live detector's levels {LIVE.edge.ladder.ratio:g}"),
    (2, f"plateau scale s in {listed(RISE.plateau_scale)}, weights {listed(RISE.plateau_weight)}"),
    (2, f"straight, weight {RISE.ramp_weight[0]:g}, or smooth, {RISE.ramp_weight[1]:g}, "
        f"which grows from {ms(RISE.slow_from_s)} ms on to {RISE.slow_smooth:g} times that at "
        f"{ms(2 * RISE.slow_from_s)} ms. Smooth is half a cosine from the first unit on: the drive "
        f"has grown to {FIRST_UNIT_SHARE:g} of its height when it fires. "
        f"{len(rises(RISE).weight)} hypotheses"),
    (2, f"1/f part below {EDGE.tone.pink_corner_hz:g} Hz), within {TONE_RANGE[0]:g} to "
        f"{TONE_RANGE[1]:g}"),
    (2, f"before the main rise (prior {EVENTS.share_before:.2f}), and a first burst with a pause "
        f"({EVENTS.share_double:g}). Each lasts {ms(EVENTS.least_s)} ms at least and until its "
        f"level is reached, and reaches {pc(EVENTS.least_share)} % of the plateau's power; a held "
        f"level, risen to in {listed_or(EVENTS.rise_before_s)} ms, "
        f"{EVENTS.least_over_rest:g} times the rest's power to {EVENTS.most_before:g} times the "
        "plateau's"),
    (2, f"a first burst, risen to in {listed_or(EVENTS.rise_double_s)} ms, the rest's power to "
        f"{EVENTS.most_double:g} times the plateau's"),
    (2, f"one level (prior {1 - sum(REST.pace_weight):.2f}), or a random walk over "
        f"{REST.factor[0]:g} to {REST.factor[-1]:g} times its mean, in {len(REST.factor)} steps of "
        f"1.5 dB and blocks of {ms(REST.block_s)} ms, with a variance of the log power of "
        f"{REST.pace_per_s[0]:g} or {REST.pace_per_s[1]:g} a second ({REST.pace_weight[0]:g} each"),
    (2, f"β = {RISE.beta:g}, flat in τ from a - {ms(EDGE.before_s)} ms to a + {ms(EDGE.after_s)} "
        f"ms or the start of the plateau, within the search window, data to "
        f"{ms(EDGE.data_after_s)} ms after it; once more from a - {ms(2 * EDGE.before_s)} ms"),
    (2, f"tried every {ms(GRID.coarse_s)} ms; those within {GRID.keep_nats:g} nats of the best, at "
        f"the starts within {GRID.reach_nats:g} nats"),
    (2, f"from the latest {S.desk.own_repetitions} repetitions of the same muscle"),
    (2, f"{S.prior.steps} EM steps, {S.prior.pseudo_repetitions:g} pseudo-repetitions, base = "
        f"{S.prior.pooled_share:g} × prior pooled over the muscles"),
    (2, f"over {LIVE.levels} levels; alarm when max S ≥ {LIVE.threshold:g}; S is held at "
        f"{LIVE.ceiling:g}; re-armed after {ms(LIVE.rearm_s)} ms below {LIVE.quiet:g}"),
    (2, f"in steps of {ms(LIVE.step_s)} ms"),
    (2, f"over -{size(NUISANCE.tone_db[0])} to {NUISANCE.tone_db[-1]:g} dB (SD "
        f"{NUISANCE.spread_db[0]:g}, {NUISANCE.spread_db[1]:g} or {NUISANCE.spread_db[2]:g} dB, "
        f"correlation time {NUISANCE.tone_time_s:g} s), and artefacts of "
        f"{NUISANCE.artefact_over_rest[0]:g} to {NUISANCE.artefact_over_rest[-1]:.0f} times the "
        f"rest's power that last {ms(NUISANCE.artefact_lasts_s)} ms"),
    (2, f"a doubt of {LIVE.doubt:g} that it is an artefact, and it is told only if that reaches "
        f"{LIVE.confirm:g}"),
    (2, f"max({pc(LIVE.min_share)} % of the plateau, the rest's power) to max({LIVE.top_share:g} "
        f"plateaus, {LIVE.cold_top:g} times the rest's power)"),
    (2, f"at least {LIVE.rest.least_s:g} s, memory {LIVE.rest.memory_s:g} s, learnt while S < "
        f"{LIVE.rest.quiet_below:g}"),
    (2, f"Frames of {ms(LIVE.frame_s)} ms"),
    (2, f"[alarm - {ms(LIVE.backdate_s)} ms, alarm], the rest followed for {ms(LIVE.before_s)} ms "
        f"before, s in {listed(LIVE.edge.rise.plateau_scale)} of even weight, straight "
        f"rises and half cosines ({LIVE.edge.rise.ramp_weight[1]:g}) up to "
        f"{ms(LIVE.edge.rise.rise_s[-1])} ms; first look {ms(LIVE.first_look_s)} ms after the "
        f"alarm, second {ms(LIVE.final_look_s)} ms"),
    (2, f"γ = {RISE.gamma_cold:g} cold and {RISE.gamma_warm:g} under learnt weights for straight "
        f"rises, {RISE.gamma_smooth_cold:g} and {RISE.gamma_smooth_warm:g} for smooth ones, "
        f"{RISE.gamma_event:g} for first events"),
    (2, f"the odds between the two ramps to {RISE.gamma_ramp:g} cold and "
        f"{RISE.gamma_ramp_warm:g} under learnt weights, of first events to {RISE.gamma_event:g}"),
    (2, f"with a probability of {RISE.hidden_share:g} a half cosine from the first unit on began "
        "before that, anywhere in the time since its drive did, which is "
        f"{before_first_unit():.2f} times its own"),
    (2, f"a Gaussian of {pc(RISE.foot)} % of the rise that explains it, at most "
        f"{1e3 * RISE.foot_max_s:g} ms, and {RISE.smooth_foot:g} times that for a smooth one"),
    (2, f"γ = {LIVE.edge.rise.gamma_cold:g}, foot {pc(LIVE.edge.rise.foot)} %, at most "
        f"{ms(LIVE.edge.rise.foot_max_s)} ms"),
    (2, f"{ms(VERDICTS.order.reach_s)} ms before the other's to {ms(VERDICTS.order.reach_s)} ms"),
    (2, f"add up to less than {VERDICTS.order.level:g}"),
    (2, f"stand {VERDICTS.order.min_snr_db:g} dB above rest, whose power is below "
        f"{pc(VERDICTS.least_rest_share)} % of its rest's"),
    (2, f"come within these {ms(VERDICTS.order.reach_s)} ms"),
    (2, f"Lower bounds of a lead below {VERDICTS.least_shown_ms:g} ms"),
    (2, f"data up to {ms(S.desk.after_window_s)} ms after its search window"),
    (2, f"uses data to {S.desk.after_end_s:g} s after its end"),
    (2, f"[-{size(1e3 * TASK.window_s[0])}, +{ms(TASK.window_s[1])}] ms about the start"),
    (2, f"falls of {ms(OFFSET.rise.rise_s[0])} to {ms(OFFSET.rise.rise_s[-1])} ms, plateau "
        f"scales of 0.8, 1 and 1.25, half cosines with {OFFSET.rise.ramp_weight[1]:g} times the "
        "weight of straight falls"),
    (2, f"from {OFFSET.before_s:g} s after the coarse end"),
    (2, f"foot {pc(OFFSET.rise.foot)} % of the fall, at most {ms(OFFSET.rise.foot_max_s)} ms, "
        f"γ = {OFFSET.rise.gamma_cold:g}"),
    (2, f"Kaiser {S.conditioning.antialias_kaiser:g}, {S.conditioning.antialias_hz:g} Hz, "
        f"±{ms(S.conditioning.antialias_half_s)} ms"),
    (3, f"of {POOL.units} units, recruited in order of size over a range of "
        f"{POOL.threshold_range:g} times"),
    (3, f"{POOL.rate_min_hz:g} to {POOL.rate_max_hz:g} per second with a variation of "
        f"{pc(POOL.interval_cv)} %"),
    (3, f"{POOL.potential_ms[0]:g} to {POOL.potential_ms[1]:g} ms, three pools"),
    (5, f"up to {SETS.trusted:g} robust SDs from the middle and not at all from "
        f"{SETS.ignored:g} on"),
    (5, f"needs {TASK.min_good_reps} good repetitions, an interval without 0 and a median lead "
        f"of {SETS.min_lead_ms:g} ms"),
    (5, f"from {SETS.forecast_from} repetitions on, {SETS.forecast_paths} even courses thought "
        f"ahead, up to {SETS.forecast_until} good repetitions"),
    (1, f"the rest before it is below {TABLE.flat_uv:g} uV"),
    (5, f"below {TABLE.flat_uv:g} uV"),
    (5, f"{pc(TABLE.saturated_share)} % of the samples"),
    (5, f"quietest of {TABLE.looks} looks above {TABLE.noise_uv:g} uV"),
    (5, f"an SNR of {S.summary.min_snr_db:g} dB"),
    (5, f"sources below {S.summary.full_rate_hz:g} Hz"),
    (5, f"Below {LEAST_RATE_HZ:g} Hz nothing is filtered or judged"),
    (6, f"poles of {MOTION.corners_hz[0]:g} or {MOTION.corners_hz[1]:g} Hz in place of "
        f"{S.conditioning.highpass_hz:g} Hz"),
    (6, f"then {ms(S.conditioning.envelope_s)} ms RMS"),
    (6, f"{ms(S.conditioning.settling_s)} ms are masked"),
    (6, f"gaps up to {ms(LIVE.keep_over_gap_s)} ms"),
    (6, f"there for {CLIP.run} samples in a row, {CLIP.runs} times, and lies there {CLIP.pile:g} "
        "times as often"),
    (10, f"Below {GATES.min_snr_db:g} dB nothing is claimed"),
    (10, f"told {ms(LIVE.first_look_s)} ms after its alarm"),
)  # fmt: skip


def section(number: int) -> str:
    text = PAGE.read_text(encoding="utf-8").replace("\N{MINUS SIGN}", "-")
    body = text.split(f"\n## {number}. ", 1)[1].split("\n## ", 1)[0]
    return " ".join(body.split())


@pytest.mark.parametrize(("number", "phrase"), SAID)
def test_the_method_gives_the_numbers_in_force(number: int, phrase: str) -> None:
    assert phrase in section(number)


def test_the_bridge_page_gives_the_gate_in_force() -> None:
    text = PAGE.with_name("exercise_bridge.md").read_text(encoding="utf-8")
    assert f"gate at {GATES.min_snr_db:g} dB" in text


def test_words_that_stand_for_numbers() -> None:
    """ "from the eighth repetition on", "tried above and below", thirds, and what is on."""
    assert S.prior.min_repetitions == 8
    assert POOL.pools == 3
    assert RISE.ramps == ("linear", "recruited")
    assert LIVE.edge.rise.ramps == OFFSET.rise.ramps == ("linear", "cosine")
    assert LIVE.edge.rise.slow_smooth == OFFSET.rise.slow_smooth == 1.0
    assert OFFSET.rise.ramp_weight[0] == LIVE.edge.rise.ramp_weight[0] == 1.0
    assert OFFSET.rise.plateau_scale == (0.8, 1.0, 1.25)
    assert (EVENTS.least_double_over_rest, LIVE.cold_first) == (1.0, 1.0)
    assert (OFFSET.events.share_before, OFFSET.events.share_double) == (0.0, 0.0)
    assert (forecast._LIKELY, forecast._UNLIKELY) == (2 / 3, 1 / 3)
    assert DeskParams().learn_rises
    assert S.live_verdicts.told
