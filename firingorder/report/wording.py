"""The words of the product: muscles, outcomes, causes, numbers. One place for screen and paper.

An outcome describes what was measured. No word calls an order right or wrong, and no cause gives a
cue to do better.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal

from firingorder.findings import RepetitionVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.findings import (
        SequenceFinding,
        SequenceGroup,
        SetForecast,
        SetReason,
        Sides,
        UnclearReason,
    )

#: What an outcome is drawn as: an order, a goal that was met or not, or nothing that is said.
Shape = RepetitionVerdict | Literal["hit", "miss", "done"]
Tone = Literal["neutral", "ok", "close", "back", "muted"]
Held = Literal["met", "missed", "open"]
#: As a led set says it (training/goals/judging.py).
HELD_WORDS: dict[Held, str] = {
    "met": "reached", "missed": "not reached", "open": "too close to call",
}  # fmt: skip
#: Of a repetition without a lead; nothing was close there.
NO_LEAD = "could not be told"
#: Where the target band begins if the order alone was asked for (a proposal).
ORDER_BAND_MS = 20.0
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"

#: Rows from top to bottom: the order in which the muscles are listed everywhere.
MUSCLE_ORDER = (
    "gluteus_maximus",
    "gluteus_medius",
    "tensor_fasciae_latae",
    "hamstring",
    "erector_spinae",
)
_TITLES = {
    "gluteus_maximus": "Glute max",
    "gluteus_medius": "Glute med",
    "tensor_fasciae_latae": "TFL",
    "hamstring": "Hamstring",
    "erector_spinae": "Lumbar",
}
_PLAIN = {
    "gluteus_maximus": "glute",
    "gluteus_medius": "glute med",
    "tensor_fasciae_latae": "TFL",
    "hamstring": "hamstring",
    "erector_spinae": "back",
}
_FLOOR = {"gluteus_maximus": "Glutes", "hamstring": "Hams", "erector_spinae": "Back"}
VERDICT_WORDS: dict[RepetitionVerdict, str] = {
    "glutes_first": "Glutes first",
    "together": "Together",
    "back_first": "Back first",
    "unclear": "Can't tell",
}
#: An answer that was shown and no longer holds is never replaced without these words.
WITHDRAWN = "First answer withdrawn"
_REASONS: dict[UnclearReason, str] = {
    "no_onset": "no clear start in {who}",
    "low_snr": "signal of {who} too close to the noise",
    "gap": "samples are missing at the start",
    "saturated": "signal of {who} above the range of the device",
    "poor_contact": "{who} contact poor",
    "no_rest": "no quiet rest before the lift",
    "several_bursts": "more than one start in {who}",
    "edge": "start lies at the edge of the searched time",
    "crosstalk": "{who} may have picked up its neighbour",
    "clock": "clocks of the devices are not close enough",
    "interval_too_wide": "start times not sharp enough",
    "sides_differ": "left and right say opposite things",
    "rate_too_low": "sampling rate too low for the order",
    "channel_missing": "glute or back channel missing",
    "not_asked": "this exercise asks for no order",
}
_SET_REASONS: dict[SetReason, str] = {
    "no_lead": "no repetition with a lead yet",
    "too_few_repetitions": "too few good repetitions yet",
    "interval_too_wide": "the repetitions differ too much to tell yet",
    "lead_too_small": "one muscle leads, by too little to call it an order",
}
UNLIKELY_TODAY = "a claim about the whole set is unlikely today"
PERHAPS_TODAY = "a claim about the whole set may come today, with more good repetitions"
_NOT_SCORED = {
    "half_range": "movement smaller than usual",
    "too_short": "movement too short",
    "not_lowered": "not lowered again",
    "start_pose": "started from another pose",
    "imu_gap": "pelvis data missing",
    "outage": "connection lost",
    "paused": "paused",
    "recording_ended": "recording ended",
    "set_ended": "set ended",
    "half_effort": "less effort than usual",
    "no_rest": "no rest before it",
    "posture_changed": "posture changed",
    "other_position": "another position than this exercise starts from",
    "missed": "no start seen after the cue",
    "not_cued": "began before it was asked for",
    "other_side": "the other side did it",
    "no_quiet": "did not come to rest",
    "not_returned": "did not come back to the start",
    "not_settled": "did not come to stand still",
    "stopped": "walking began or stopped here",
    "calibrated": "calibration changed",
    "turn": "turned round here",
    "step_missed": "a step between was not seen",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What the therapist asked for. Only against it an outcome is green or orange.

    ``lead_ms`` is the least lead; None: the order alone was asked for.
    """

    verdict: RepetitionVerdict = "glutes_first"
    lead_ms: float | None = None

    @property
    def band_ms(self) -> float | None:
        """Where the target band of a chart of leads begins; None: there is none."""
        if self.verdict != "glutes_first":
            return None
        return ORDER_BAND_MS if self.lead_ms is None else self.lead_ms


def split_channel(name: str) -> tuple[str, str]:
    """Return muscle and side of a channel; the side is empty for a label that names none."""
    for side in ("left", "right"):
        if name.endswith(f"_{side}"):
            return name.removesuffix(f"_{side}"), side
    return name, ""


def muscle_title(muscle: str) -> str:
    """Return the row title of a muscle on the desk view."""
    return _TITLES.get(muscle, muscle.replace("_", " "))


def floor_title(muscle: str) -> str:
    """Return the row title of a muscle for reading from the floor."""
    return _FLOOR.get(muscle, muscle_title(muscle))


def side_letter(side: str) -> str:
    """Return L, R, or nothing for a channel without a side."""
    return side[:1].upper()


def plain_channel(name: str) -> str:
    """Return a channel in everyday words: ``left back``."""
    muscle, side = split_channel(name)
    return f"{side} {_PLAIN.get(muscle, muscle.replace('_', ' '))}".strip()


def plain_channels(names: Sequence[str]) -> str:
    """Return several channels in everyday words: ``left glute and left back``.

    Both sides of one muscle read ``left and right back``.
    """
    parts = [split_channel(name) for name in names]
    if len(parts) == 2 and parts[0][0] == parts[1][0] and all(side for _, side in parts):
        return f"{parts[0][1]} and {plain_channel(names[1])}"
    words = [plain_channel(name) for name in names]
    if not words:
        return "one of the muscles"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def reason_words(reason: UnclearReason | None, blamed: Sequence[str] = ()) -> str:
    """Return the cause of an unclear outcome in plain words, naming the channels it lies with."""
    if reason is None:
        return "no cause given"
    return _REASONS[reason].format(who=plain_channels(blamed))


def sequence_words(order: SequenceFinding) -> str:
    """Return who began after whom: ``glute and back (together), then hamstring``.

    Within a group nothing is said about who was first; each group began before the next.
    """
    return ", then ".join(_group_words(group) for group in order.groups)


def _group_words(group: SequenceGroup) -> str:
    words = plain_channels(group.names)
    if group.relation == "single":
        return words
    return f"{words} ({'together' if group.relation == 'together' else 'order open'})"


def set_reason_words(reason: SetReason | None) -> str:
    """Return why a set claims nothing yet."""
    return "" if reason is None else _SET_REASONS[reason]


def forecast_words(forecast: SetForecast) -> str:
    """Return how many more good repetitions a claim will probably need, as one plain phrase.

    A good repetition is one that counts and has a lead.
    """
    if forecast.state == "claimed":
        return "no more are needed"
    if forecast.state == "too_early":
        return "too early to tell how many more"
    if forecast.more is None:
        return PERHAPS_TODAY if forecast.state == "open" else UNLIKELY_TODAY
    noun = "repetition" if forecast.more == 1 else "repetitions"
    words = f"about {forecast.more} more good {noun}"
    span = forecast_range(forecast)
    return f"{words} ({span})" if span else words


def forecast_range(forecast: SetForecast) -> str:
    """Return the 80 % range of the further repetitions: ``2 to 9``, ``7 or more``."""
    low, high = forecast.more_low, forecast.more_high
    if low is None or low == high:
        return ""
    return f"{low} or more" if high is None else f"{low} to {high}"


def not_scored_words(reasons: Sequence[str]) -> str:
    """Return why a repetition is not counted into its set."""
    words = [_NOT_SCORED.get(reason, reason.replace("_", " ")) for reason in reasons]
    return ", ".join(words) or "no complete movement"


def format_ms(value_ms: float | None, *, signed: bool = True) -> str:
    """Return a lead in whole ms with a true minus sign: ``+105 ms``."""
    return NOTHING if value_ms is None else f"{signed_number(value_ms, signed=signed)} ms"


def signed_number(value: float, *, signed: bool = True) -> str:
    """Return a whole number with its sign; zero has none."""
    whole = round(value)
    sign = MINUS if whole < 0 else "+" if whole > 0 and signed else ""
    return f"{sign}{abs(whole)}"


def format_deg(value_deg: float) -> str:
    """Return an angle in whole degrees; a dash while the pose is not known (NaN)."""
    return f"{signed_number(value_deg, signed=False)}°" if isfinite(value_deg) else NOTHING


def format_clock(elapsed_s: float) -> str:
    """Return minutes and seconds, with hours when there are any."""
    minutes, seconds = divmod(max(0, int(elapsed_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def half_width(low_ms: float | None, high_ms: float | None) -> str:
    """Return the 95 % interval as its half width: ``±24``."""
    return "" if low_ms is None or high_ms is None else f"±{round((high_ms - low_ms) / 2)}"


def held_against(
    verdict: RepetitionVerdict,
    target: Target,
    low_ms: float | None = None,
    high_ms: float | None = None,
) -> Held:
    """Return whether an outcome met a target, by the whole 95 % interval of its lead.

    The rule by which a set is led, too (training/goals/judging.py): a lead is reached where its
    whole interval lies at or above it, and missed where all of it lies below and the order can be
    told; in between nothing is claimed.
    """
    if target.lead_ms is None or target.verdict != "glutes_first":
        if verdict == "unclear":
            return "open"
        return "met" if verdict == target.verdict else "missed"
    if low_ms is not None and low_ms >= target.lead_ms:
        return "met"
    below = high_ms is not None and high_ms < target.lead_ms
    return "missed" if below and verdict != "unclear" else "open"


def verdict_tone(
    verdict: RepetitionVerdict,
    target: Target | None,
    low_ms: float | None = None,
    high_ms: float | None = None,
) -> Tone:
    """Return the tone of an outcome: judged against a target only, grey when nothing is claimed.

    The interval is that of the lead; a target with a lead is held against it.
    """
    if target is None:
        return "muted" if verdict == "unclear" else "neutral"
    held = held_against(verdict, target, low_ms, high_ms)
    if held == "open":
        return "muted"
    if held == "met":
        return "ok"
    aimed_at_order = target.lead_ms is None or target.verdict != "glutes_first"
    near = verdict == "together" or (verdict == "glutes_first" and not aimed_at_order)
    return "close" if near else "back"


def held_words(
    verdict: RepetitionVerdict,
    target: Target | None,
    low_ms: float | None,
    high_ms: float | None,
) -> str:
    """Return whether a lead that a therapist set was reached; empty where none was set."""
    if target is None or target.lead_ms is None:
        return ""
    known = low_ms is not None or high_ms is not None
    said = HELD_WORDS[held_against(verdict, target, low_ms, high_ms)] if known else NO_LEAD
    return f"target {target_words(target)}: {said}"


def target_words(target: Target) -> str:
    """Return a target: ``at least +40 ms``, or the order."""
    if target.lead_ms is None:
        return VERDICT_WORDS[target.verdict]
    return f"at least {format_ms(target.lead_ms)}"


def side_note(sides: Sides) -> str:
    """Return what to say when one side alone decided."""
    return "" if sides == "both" else f"{sides} only"
