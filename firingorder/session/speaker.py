"""What is heard of a session: the coach's words and cues, its tone, and orders where nobody leads.

Everything is passed on in the thread of the acquisition right after the input it follows from, not
when a window happens to look. Without a device one sentence says so, and all else goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from firingorder.findings import VerdictFinding
from firingorder.sound.cues import CueName
from firingorder.sound.out import NullSound
from firingorder.training.coaching.deeds import Say, Silence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.findings import Event, RepetitionVerdict
    from firingorder.session.engine import Engine
    from firingorder.session.training_desk import Heard
    from firingorder.sound.cues import Samples
    from firingorder.sound.out import SoundOut
    from firingorder.training.coaching.view import CoachView

MUTED = "Sound is off."
Tone = tuple[float | None, float | None]
SILENT: Tone = (None, None)
#: Orders that have a cue; what cannot be told has none.
_CUES: dict[RepetitionVerdict, CueName] = {
    "glutes_first": "glutes_first", "together": "together", "back_first": "back_first",
}  # fmt: skip
#: An order that was told and is withdrawn: first this, then what holds now.
WITHDRAWN: CueName = "rejected"
#: So much later, that one is not heard over the other: the cue lasts 0.40 s (sound/cues.py).
APART_NS = 500_000_000
#: Orders told of the latest repetitions; an order is corrected within its own repetition.
_MOST_TOLD = 64


class Speaker:
    """The sound of one session.

    Parameters
    ----------
    open_out
        Opens the output; called by :meth:`open`, in the thread that will use it.

    Notes
    -----
    :meth:`react` belongs to one thread; :meth:`hush`, :meth:`set_muted`, :meth:`set_volume`,
    :meth:`play` and :meth:`look_again` may be called from any.
    """

    def __init__(self, open_out: Callable[[], SoundOut] | None = None) -> None:
        self._open_out = open_out
        self._out: SoundOut = NullSound()
        self._problem = ""
        self._muted, self._volume = False, 1.0
        self._anew = False
        self._told: dict[int, RepetitionVerdict] = {}
        self._later: list[tuple[int, CueName]] = []
        self._tone: Tone = SILENT

    @property
    def sentence(self) -> str:
        """Why nothing is heard; empty where sound plays, or nobody asked for any."""
        self._problem = self._out.take_problem() or self._problem
        return self._problem or (MUTED if self._muted else "")

    @property
    def muted(self) -> bool:
        """Whether it is switched off."""
        return self._muted

    @property
    def cue_latency_s(self) -> tuple[float, float] | None:
        """How long after a command it is heard, and the half-width of 95 %; None: not known."""
        silent = self._muted or self._volume == 0.0
        return None if silent else self._out.cue_latency_s

    def open(self) -> None:
        """Open the output; what is wrong with it is a sentence, never an error."""
        if self._open_out is not None:
            self._out = self._open_out()
            self._out.set_muted(self._muted)
            self._out.set_volume(self._volume)

    def close(self) -> None:
        """Give the output back."""
        self._out.close()
        self._out = NullSound()

    def react(self, engine: Engine, events: Sequence[Event], t_ns: int) -> None:
        """Let what an input gave be heard; ``t_ns`` is the time of the input."""
        self.hear(engine.training.heard, engine.training.view, events, t_ns)

    def hear(
        self,
        coach: Sequence[Heard],
        view: CoachView | None,
        events: Sequence[Event],
        t_ns: int,
    ) -> None:
        """Pass on what the coach said; where nobody leads (no ``view``), the orders found."""
        if self._anew:
            self._anew, self._problem = False, ""
            self._out.reopen()
        for one in coach:
            self._hear(one)
        if view is None:
            for event in events:
                if isinstance(event, VerdictFinding):
                    self._order(event, t_ns)
        while self._later and self._later[0][0] <= t_ns:
            self._out.play(self._later.pop(0)[1])
        self._follow(view)

    def hush(self) -> None:
        """Silence everything at once."""
        self._later.clear()
        self._out.stop()

    def play(self, cue: CueName) -> None:
        """Play one cue now."""
        self._out.play(cue)

    @property
    def rate_hz(self) -> float:
        """Samples a second of the output."""
        return self._out.rate_hz

    def play_samples(self, samples: Samples) -> None:
        """Play something made for this output."""
        self._out.play_samples(samples)

    def set_muted(self, muted: bool) -> None:
        """Silence the output, or let it be heard again."""
        self._muted = muted
        self._out.set_muted(muted)

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        self._volume = volume
        self._out.set_volume(volume)

    def look_again(self) -> None:
        """Look for an output anew, with the next input."""
        self._anew = True

    def _hear(self, one: Heard) -> None:
        if isinstance(one, Silence):
            self._later.clear()
            self._tone = SILENT
            self._out.stop()
        elif isinstance(one, Say):
            self._out.say(one.keys, urgent=one.urgent)
        elif one.cue in get_args(CueName):
            self._out.play(cast("CueName", one.cue))

    def _order(self, found: VerdictFinding, t_ns: int) -> None:
        """Play an order once; one that was told and no longer holds is taken back first."""
        before = self._told.get(found.index)
        if before == found.verdict or (before is None and found.verdict not in _CUES):
            return
        self._told[found.index] = found.verdict
        while len(self._told) > _MOST_TOLD:
            del self._told[next(iter(self._told))]
        cue = _CUES.get(found.verdict)
        if before in _CUES:
            self._out.play(WITHDRAWN)
            if cue is not None:
                self._later.append((t_ns + APART_NS, cue))
        elif cue is not None:
            self._out.play(cue)

    def _follow(self, view: CoachView | None) -> None:
        """Let the tone follow; told only where it changes."""
        tone = SILENT if view is None else view.tone
        if tone == self._tone:
            return
        self._tone = tone
        planned = None if view is None else view.set
        quiet = planned is not None and planned.mode == "yield"
        self._out.levels(*tone, quiet_is_reward=quiet)
