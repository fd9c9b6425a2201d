"""What templates have in common that only look at the pelvis sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.samples import BoolArray
    from firingorder.signal.conditioning import ConditionedBlock
    from firingorder.signal.repetitions import Cue, RepetitionEvent


class Watching:
    """A segmenter to which EMG and cues say nothing, and whose start poses are not compared."""

    def block(
        self, t0_s: float, block: ConditionedBlock, attached: BoolArray
    ) -> list[RepetitionEvent]:
        """EMG says nothing here."""
        del t0_s, block, attached
        return []

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Nobody is told when to start here."""
        del cue
        return []

    def new_set(self) -> None:
        """Nothing is compared within a set only."""
