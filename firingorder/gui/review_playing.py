"""The window that is reviewed as sound, and the whole session in the live screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firingorder.gui.review_job import Job
from firingorder.sound.out import NullSound
from firingorder.sound.replay import slow_start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from firingorder.findings import OnsetEstimate
    from firingorder.gui.view_models.review_desk import ReviewDesk
    from firingorder.samples import FloatArray
    from firingorder.session.replaying import ReplaySession
    from firingorder.session.review import Columns
    from firingorder.sound.cues import Samples
    from firingorder.sound.out import SoundOut
    from firingorder.sound.replay import Onset

#: Of a longer window nothing is heard: a voice rises at the start of one repetition.
LONGEST_S = 15.0
NO_OUTPUT = "Sound is off: this window was opened without it. It plays silently."
TOO_LONG = "Onset and Rep are heard; a longer window plays silently."
NO_START = "Neither glutes nor back have a start here: it plays silently."
_GLUTES, _BACK = "gluteus_maximus", "erector_spinae"


class ReviewSound:
    """The two voices of the product, glutes and back, of a window of a recording.

    The output is opened when it is first needed. Sound is made in a thread.
    """

    def __init__(self, open_out: Callable[[], SoundOut] | None) -> None:
        self._open_out = open_out
        self._out: SoundOut | None = None
        self._job: Job[Samples | None] | None = None

    def play(self, desk: ReviewDesk, from_s: float, speed: float) -> str:
        """Play from an instant to the end of the window; return why nothing is heard, or ""."""
        if self._open_out is None:
            return NO_OUTPUT
        if self._out is None:
            self._out = self._open_out()
        elif not self._out.working and not isinstance(self._out, NullSound):
            self._out.reopen()
        problem = self._out.take_problem()
        if not self._out.working:
            return problem or NO_OUTPUT
        last_s = desk.window.last_s
        if last_s - from_s > LONGEST_S:
            return TOO_LONG
        found = desk.review.signals(from_s, last_s, "envelope", 20_000)
        onsets = {} if desk.rep is None else desk.rep.onsets
        starts = {name: one for name, one in onsets.items() if one is not None}
        if not any(name.startswith((_GLUTES, _BACK)) for name in starts):
            return NO_START
        rate_hz = self._out.rate_hz

        def work(_: Callable[[float], None]) -> Samples | None:
            voices = [_voice(found, muscle) for muscle in (_GLUTES, _BACK)]
            if found.t_s.size < 2:
                return None
            first = [_onset(starts, muscle, found) for muscle in (_GLUTES, _BACK)]
            step_s = float(np.median(np.diff(found.t_s)))
            return slow_start(
                    voices[0], voices[1], 1.0 / step_s, glute=first[0], back=first[1],
                    factor=1.0 / speed, out_rate_hz=rate_hz,
            )  # fmt: skip

        self._job = Job("Sound", work)
        return ""

    def follow(self) -> None:
        """Let be heard what was made."""
        job = self._job
        if job is not None and job.done:
            self._job = None
            if job.result is not None and self._out is not None:
                self._out.stop()
                self._out.play_samples(job.result)

    def stop(self) -> None:
        """Silence it."""
        self._job = None
        if self._out is not None:
            self._out.stop()

    def close(self) -> None:
        """Give the device back."""
        if self._out is not None:
            self._out.close()
            self._out = None


def _voice(found: Columns, muscle: str) -> FloatArray:
    """Return the larger envelope of the two sides."""
    wanted = [k for k, name in enumerate(found.channels) if name.startswith(muscle)]
    if not wanted:
        return np.zeros(found.t_s.size)
    return np.nan_to_num(np.fmax.reduce(found.high[:, wanted], axis=1))


def _onset(starts: Mapping[str, OnsetEstimate], muscle: str, found: Columns) -> Onset | None:
    """Return the earlier start of the two sides, seconds from the first column."""
    mine = [one for name, one in starts.items() if name.startswith(muscle)]
    first = min(mine, key=lambda one: one.onset_s, default=None)
    t0_s, t1_s = float(found.t_s[0]), float(found.t_s[-1])
    if first is None or not t0_s <= first.onset_s <= t1_s:
        return None
    at, low, high = (
        min(max(one, t0_s), t1_s) - t0_s for one in (first.onset_s, first.low_s, first.high_s)
    )
    return at, low, high


def open_replay(path: Path, speed: float) -> ReplaySession:
    """Return a recording ready to be played in the live screens. Errors as ``open_recording``."""
    from firingorder.session.files import require_recording
    from firingorder.session.replaying import ReplaySession

    return ReplaySession(require_recording(path), speed=speed, on_events=lambda _: None)
