"""From movements to findings: the task of now, and those that were done before in this session.

Each task has a desk, measures and live verdicts of its own; numbers of repetitions and sets, their
accounts and what each task taught go through the whole session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.findings import RepetitionFinding
from firingorder.signal.desk import Desk
from firingorder.signal.live_verdicts import LiveVerdicts
from firingorder.signal.measuring import Measuring
from firingorder.signal.reference import PersonalReference
from firingorder.signal.repetitions import RepetitionEnd, RepetitionStart
from firingorder.signal.set_book import SetBook

if TYPE_CHECKING:
    from firingorder.findings import Finding, SetFinding, VerdictFinding
    from firingorder.samples import EmgLayout
    from firingorder.signal.history import AnalysisClock, History
    from firingorder.signal.live import LiveDetector
    from firingorder.signal.live_params import LiveOnset
    from firingorder.signal.repetitions import Cue, RepetitionEvent
    from firingorder.signal.segmentation import Segmentation
    from firingorder.signal.settings import Settings
    from firingorder.signal.summary import ChannelSummary
    from firingorder.signal.task import TaskSpec
    from firingorder.signal.wanted import Wanted


class TaskWork:
    """Judges and measures the repetitions that segmentation finds.

    ``summary`` is told of every scored repetition. Early verdicts are made where they are wanted.
    """

    def __init__(
        self,
        settings: Settings,
        task: TaskSpec,
        layout: EmgLayout,
        *,
        history: History,
        clock: AnalysisClock,
        rate_hz: float,
        detector: LiveDetector,
        segmentation: Segmentation,
        summary: ChannelSummary,
        reference: PersonalReference | None,
        wanted: Wanted,
    ) -> None:
        self._settings, self._layout = settings, layout
        self._history, self._clock, self._rate_hz = history, clock, rate_hz
        self._detector, self._segmentation = detector, segmentation
        self._summary, self._wanted = summary, wanted
        self.reference = reference or PersonalReference()
        self.task: TaskSpec = task
        self.set_index = 1
        self.desk = self._new_desk(task, None)
        self.live: LiveVerdicts = self._new_live(task)
        self._measuring = [self._new_measuring(task)]
        self._book = SetBook(settings.sets)
        self._margin_ms: float | None = None
        self._planned = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to ask about the side that works."""
        said = [one for measuring in self._measuring for one in measuring.warnings]
        return tuple(dict.fromkeys(said))

    @property
    def untouched(self) -> bool:
        """Whether no repetition was judged yet."""
        return self._book.empty and not self.desk.busy

    def sets(self) -> tuple[SetFinding, ...]:
        """Return the sets that have a repetition."""
        return self._book.sets()

    def set_margin(self, margin_ms: float) -> None:
        """Judge with another equivalence margin from now on, in every task."""
        self._margin_ms = margin_ms
        self.desk.set_margin(margin_ms)

    def refer(self, reference: PersonalReference) -> list[Finding]:
        """Use another calibration from now on."""
        findings = self.settle()
        self.reference = reference
        for one in self._measuring:
            one.reference = reference
        return findings

    def new_set(self) -> None:
        """Begin the next set of the same task."""
        self.set_index += 1
        self._measuring[-1].new_set()

    def begin(self, task: TaskSpec) -> None:
        """Begin a set with this task; nothing is under way, and nothing waits to be judged.

        The first set that is begun is set 1, unless something was done before.
        """
        if self._planned or not self.untouched or self.set_index > 1:
            self.set_index += 1
        self._planned = True
        self.live.reset()
        if task == self.task:
            self._measuring[-1].new_set()
            return
        self.task = task
        self.desk = self._new_desk(task, self.desk)
        if self._margin_ms is not None:
            self.desk.set_margin(self._margin_ms)
        self.live = self._new_live(task)
        self._measuring.append(self._new_measuring(task))

    def cue(self, cue: Cue) -> list[RepetitionEvent]:
        """Tell the segmentation, and remember how late it is heard: for the reaction to it."""
        if cue.kind == "go":
            self._measuring[-1].cue_latency_s = cue.latency_s
        return self._segmentation.cue(cue)

    def follow(self, events: list[RepetitionEvent]) -> list[Finding]:
        """Take what segmentation made known; return what is for the screen at once."""
        findings: list[Finding] = []
        for event in events:
            match event:
                case RepetitionStart():
                    self.desk.started(event, self.set_index)
                case RepetitionEnd():
                    self._measuring[-1].ended(event)
                    self.desk.ended(event, self.set_index, ())
                case _:
                    findings.append(event)
            self.live.follow(event)
        return findings

    def step_live(self, found: list[LiveOnset]) -> list[VerdictFinding]:
        """Take the live onsets of a block; return the order that follows from them."""
        verdicts = self.live.step(found) if self._wanted.early_verdicts else []
        self.desk.told_live(verdicts)
        return verdicts

    def work(self, *, everything: bool = False) -> list[Finding]:
        """Go on with what waits; repetitions go into their sets."""
        return self._all_kept(self.desk.work(everything=everything))

    def settle(self) -> list[Finding]:
        """Take what is judged elsewhere, before something changes that comes after it."""
        return self._all_kept(self.desk.settle())

    def _all_kept(self, found: list[Finding]) -> list[Finding]:
        return [self._kept(one) if isinstance(one, RepetitionFinding) else one for one in found]

    def _kept(self, one: RepetitionFinding) -> RepetitionFinding:
        """Take a repetition into its set; each scored one says what its set may come to."""
        if one.scored:
            self._summary.repetition(self.desk.newest_results)
        measuring = self._measuring[-1]
        return self._book.add(measuring.measured(one), self.task, self.desk, measuring)

    def _new_desk(self, task: TaskSpec, before: Desk | None) -> Desk:
        settings = self._settings
        return Desk(
            task,
            self._layout,
            self._history,
            self._clock,
            desk=settings.desk,
            onset=settings.onset,
            order=settings.order,
            prior=settings.prior,
            conditioning=settings.conditioning,
            rate_hz=self._rate_hz,
            least_rest_uv=settings.quality.flat_uv,
            early_verdicts=self._wanted.early_verdicts,
            beside=self._wanted.beside,
            before=before,
        )

    def _new_live(self, task: TaskSpec) -> LiveVerdicts:
        return LiveVerdicts(
            self._settings, task, self._layout, self._detector, self._clock, self._rate_hz
        )

    def _new_measuring(self, task: TaskSpec) -> Measuring:
        return Measuring(
            self._settings.measuring,
            task,
            self._layout,
            self._history,
            self._clock,
            self._rate_hz,
            self._segmentation,
            self.reference,
        )
