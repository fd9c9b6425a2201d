"""What a person does to a session beside training and calibrating: pause, sets, cues, marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.findings import MarkerEvent
from firingorder.session.inputs import Align, Control, Mark, Told
from firingorder.session.tapping import ONE_CLOCK
from firingorder.signal.repetitions import Cue

if TYPE_CHECKING:
    from firingorder.findings import Event
    from firingorder.session.engine import Engine

#: Keys pressed before the first sample; more is somebody leaning on the keyboard.
MOST_EARLY_CONTROLS = 1000


class Steering:
    """Hands what a person asks for to the signal chain, or keeps it until there is one.

    Attributes
    ----------
    paused
        Whether the person lets nothing be scored.
    """

    def __init__(self, engine: Engine) -> None:
        self.paused = False
        self._engine = engine
        self._early: list[Control] = []

    def take(self, asked: Control | Mark | Told | Align) -> list[Event]:
        """Do what is asked for."""
        engine = self._engine
        match asked:
            case Control():
                return self._control(asked)
            case Told():
                return self._told(asked)
            case Mark(text, t_ns):
                return [MarkerEvent(text, engine.receiver.now_s(t_ns))]
            case Align(t_ns, window_s):
                taps = engine.taps
                said = ONE_CLOCK if taps is None else taps.test(window_s).sentence
                return [MarkerEvent(said, engine.receiver.now_s(t_ns))]

    def begun(self) -> None:
        """Take note that there is a signal chain: a person may steer before the first sample."""
        early, self._early = self._early, []
        for control in early:
            self._control(control)
        pipeline = self._engine.pipeline
        if self.paused and pipeline is not None:  # also where the chain began anew
            pipeline.score("person", on=False)

    def _control(self, control: Control) -> list[Event]:
        if control.kind in ("pause", "resume"):
            self.paused = control.kind == "pause"
        pipeline = self._engine.pipeline
        if pipeline is None:
            self._early.append(control)
            del self._early[:-MOST_EARLY_CONTROLS]
            return []
        return [*pipeline.control(control.kind, name=control.name, value=control.value)]

    def _told(self, told: Told) -> list[Event]:
        """Tell the pipeline of a cue; before the first sample there is nobody to be told."""
        at_s = self._engine.receiver.now_s(told.t_ns)
        if self._engine.pipeline is None or at_s is None:
            return []
        return [*self._engine.pipeline.cue(Cue(told.kind, at_s, told.side))]
