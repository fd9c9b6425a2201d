"""What a result says about the recording as a whole: what is not there, and why, in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.signal.pipeline import NEEDS_POSE

if TYPE_CHECKING:
    from firingorder.findings import ChannelFinding
    from firingorder.session.tally import StreamTally
    from firingorder.signal.emg_repetitions import EmgRepetitionParams
    from firingorder.signal.pipeline import Pipeline
    from firingorder.signal.settings import Settings
    from firingorder.signal.task import TaskSpec

#: The lift and the lowering of two slow repetitions.
MOVED_S = 4.0
#: Shorter recordings need not hold a repetition.
LEAST_S = 20.0
#: Filters settle and the noise of a channel is known within 2.5 s, whatever the rate; a repetition
#: needs some rest before it, too.
SHORT_S = 2.5
SHORT_WARNING = (
    "The recording lasts {seconds:.3g} s: too short to judge its channels or to hold a repetition. "
    "Record some five seconds of rest, and the exercise after it."
)
MOVED_WARNING = (
    "The pelvis moved, but no repetition of {name} was found. Keep still for five seconds before "
    "the first one, check that this is the exercise that was done (--task), and that the pelvis "
    "sensor sits as the montage says, its arrow to the head."
)
NOTHING_WARNING = (
    "No repetition of {name} was found: nothing moved that this exercise goes by. Check that this "
    "is the exercise that was done (--task), the side (--side), and the names of the channels."
)
_STRONG_ENOUGH = (
    "a burst has to stand {first_db:g} dB over rest to be the first, {least_db:g} dB after that. "
)
_OTHERWISE = (
    "Check also that this is the exercise that was done (--task), the side (--side), and the names "
    "of the channels."
)
#: Where the EMG alone is all there is, and where the exercise goes by it: the pelvis keeps still.
EMG_WARNING = (
    "No repetition of {name} was found. Without a motion sensor they are sought in the EMG, where "
    f"{_STRONG_ENOUGH}Weaker ones need a motion sensor on the pelvis, or better contact of the "
    f"electrodes. {_OTHERWISE}"
)
STILL_WARNING = (
    "No repetition of {name} was found. The pelvis keeps still in it, so they are sought in the "
    f"EMG, where {_STRONG_ENOUGH}Weaker ones need better contact of the electrodes. {_OTHERWISE}"
)
UNCUED_WARNING = (
    "No repetition of {name} was found. It goes by the words to start and to let go; without them "
    "only a clear effort between two rests is found. Check the exercise (--task), the side "
    "(--side), and the names of the channels."
)


def remarks(
    pipeline: Pipeline,
    task: TaskSpec,
    settings: Settings,
    *,
    repetitions: int,
    tally: StreamTally | None,
    has_imu: bool,
) -> tuple[tuple[ChannelFinding, ...], tuple[str, ...]]:
    """Return the channels of a whole recording, and what is to be said of it.

    ``tally`` is that of the EMG, None where none came.
    """
    channels = _told_channels(pipeline, tally)
    duration_s = 0.0 if tally is None else tally.duration_s
    nothing = _nothing_found(
        pipeline, task, repetitions, duration_s, settings=settings, has_imu=has_imu
    )
    return channels, (*nothing, *pipeline.warnings, *_channel_warnings(channels))


def _told_channels(pipeline: Pipeline, tally: StreamTally | None) -> tuple[ChannelFinding, ...]:
    """Return the channels over the whole recording, ``too_short`` where it ended before it told.

    A channel without a known level is said to have gaps; where no sample is missing, it has none.
    """
    channels = pipeline.channels()
    if tally is None or tally.gaps or tally.duration_s >= SHORT_S:
        return channels
    return tuple(
        replace(one, reasons=tuple("too_short" if r == "gap" else r for r in one.reasons))
        for one in channels
    )


def _nothing_found(
    pipeline: Pipeline,
    task: TaskSpec,
    repetitions: int,
    duration_s: float,
    *,
    settings: Settings,
    has_imu: bool,
) -> tuple[str, ...]:
    """Return what to say where there is no repetition, by what they were sought in."""
    if repetitions or NEEDS_POSE in pipeline.warnings:
        return ()
    if pipeline.turning_s > MOVED_S:
        return (MOVED_WARNING.format(name=task.name),)
    if duration_s < SHORT_S:
        return (SHORT_WARNING.format(seconds=duration_s),)
    if duration_s < LEAST_S:
        return ()
    if task.template == "CUED_HOLD":
        return (UNCUED_WARNING.format(name=task.name),)
    if task.template == "STILL_LIMB":
        return (_weak_warning(STILL_WARNING, task, settings.still_limb.emg),)
    if not has_imu:
        return (_weak_warning(EMG_WARNING, task, settings.emg_repetitions),)
    return (NOTHING_WARNING.format(name=task.name),)


def _weak_warning(words: str, task: TaskSpec, params: EmgRepetitionParams) -> str:
    return words.format(
        name=task.name, first_db=params.first_range_db, least_db=params.least_range_db
    )


def _channel_warnings(channels: tuple[ChannelFinding, ...]) -> tuple[str, ...]:
    """Return what to say of channels that are no muscle, or that carry no signal."""
    said: list[str] = []
    foreign = ", ".join(one.name for one in channels if "not_emg" in one.reasons)
    if foreign:
        said.append(
            f"The activity of {foreign} has not the spectrum of muscle: the sampling rate is "
            "wrong, or it is an artefact. Nothing is claimed from it."
        )
    flat = ", ".join(one.name for one in channels if "flat" in one.reasons)
    if flat:
        said.append(
            f"At rest {flat} would be quieter than any amplifier: not connected, or in volts or "
            "millivolts where microvolts were expected. Nothing is claimed from it."
        )
    return tuple(said)
