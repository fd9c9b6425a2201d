"""Repetitions of a task of the pelvis where the pelvis is not seen: from prime muscles alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.signal.emg_repetitions import EmgRepetitions

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, EmgLayout
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.emg_repetitions import EmgRepetitionParams
    from firingorder.signal.orientation import Pose
    from firingorder.signal.repetitions import Angles, Cue, RepetitionCounter, RepetitionEvent
    from firingorder.signal.task import TaskSpec

_NAN = float("nan")


class EmgAlone:
    """Fulfils :class:`firingorder.signal.repetitions.Segmenter` without a pose."""

    def __init__(
        self,
        params: EmgRepetitionParams,
        task: TaskSpec,
        emg: EmgLayout,
        block_s: float,
        counter: RepetitionCounter,
    ) -> None:
        self._primes = [emg.channels.index(name) for name in task.prime_channels(emg.channels)]
        self._emg = EmgRepetitions(
            params, len(self._primes), block_s, counter, calibrated=emg.calibrated
        )

    @property
    def busy(self) -> bool:
        """Whether a repetition is under way."""
        return self._emg.busy

    def pose(self, t_s: float, pose: Pose) -> tuple[list[RepetitionEvent], Angles]:
        """Take a pose that nothing is done with."""
        del t_s, pose
        return [], (_NAN, _NAN, _NAN, _NAN)

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """Take one block of all channels; ``attached`` is ``(n_channels,)``."""
        if not self._primes:
            return []
        return self._emg.step_block(t0_s, block, self._primes, attached[self._primes])

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Take a cue: these repetitions are the person's own."""
        del cue
        return []

    def abort(self, reason: str) -> list[RepetitionEvent]:
        """End what is under way as it is, and forget the levels of rest."""
        return self._emg.abort(reason)

    def new_set(self) -> None:
        """Nothing is compared within a set only."""
