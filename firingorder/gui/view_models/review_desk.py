"""What is being reviewed: the repetition, the channel, the window, and what is being moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.errors import FiringOrderError
from firingorder.gui.view_models.desk import strip_order
from firingorder.gui.view_models.review_marks import Pending
from firingorder.gui.view_models.review_shown import ReviewShown
from firingorder.gui.view_models.review_window import ZOOM_STEP, TimeWindow
from firingorder.gui.view_models.review_words import channel_words, editors, pending_words

if TYPE_CHECKING:
    from firingorder.corrections import Correction
    from firingorder.findings import RepetitionFinding
    from firingorder.gui.view_models.review_window import Preset

LAST_REP, FIRST_REP = "This is the last repetition.", "This is the first repetition."
NO_REP = "No repetition was found in this recording. Its signals can be looked at all the same."
NOTHING_UNSURE = "No other repetition is unsure."
NOTHING_EDITED = "Nothing of this repetition was changed."


class ReviewDesk(ReviewShown):
    """Goes through a review and changes it.

    Methods return a sentence: what is done, or why it is not. What the core refuses is raised as
    FiringOrderError by those that keep something.
    """

    # --- where one is ----------------------------------------------------------------------

    def choose(self, index: int) -> str:
        """Go to a repetition; what is being moved is kept before."""
        said = self.keep()
        if self.found(index) is None:
            return said or NO_REP
        length = self.window.length_s
        self.current = index
        if self.preset is not None:
            self.window = self._preset(self.preset)
        else:
            self.window = TimeWindow(self.zero_s - 0.35 * length, self.zero_s + 0.65 * length)
        return said

    def step(self, by: int) -> str:
        """Go to another repetition of the list."""
        at = self.place()
        if at < 0:
            return NO_REP
        wanted = at + by
        if not 0 <= wanted < len(self.reps):
            return self.keep() or (LAST_REP if by > 0 else FIRST_REP)
        return self.choose(self.reps[wanted].index)

    def next_unsure(self) -> str:
        """Go to the next repetition that is unsure; after the last one it begins again."""
        found = self.review.next_unsure(self.current)
        if found is None or found == self.current:
            return self.keep() or NOTHING_UNSURE
        return self.choose(found)

    def choose_lane(self, lane: int) -> str:
        """Choose a channel by its lane."""
        order = strip_order(self.channels)
        if not order:
            return ""
        said = self.keep()
        self.channel = self.channels[order[lane % len(order)]]
        return said

    def step_lane(self, by: int) -> str:
        """Choose the channel below or above."""
        order = [self.channels[k] for k in strip_order(self.channels)]
        at = order.index(self.channel) if self.channel in order else 0
        return self.choose_lane(min(max(at + by, 0), len(order) - 1))

    def show(self, preset: Preset) -> str:
        """Show a preset."""
        self.preset = preset
        if self.rep is not None:
            self.window = self._preset(preset)
        return ""

    def zoom(self, steps: float, about_s: float | None = None) -> str:
        """Zoom out (positive) or in."""
        return self.zoom_by(ZOOM_STEP**steps, about_s)

    def zoom_by(self, factor: float, about_s: float | None = None) -> str:
        """Make the window longer by a factor; ``about_s`` stays where it is, else the zero."""
        rep = self.rep
        if about_s is None and rep is not None and self.window.holds(self.zero_s):
            about_s = self.zero_s
        self.preset = None
        self.window = self.window.zoomed(factor, about_s).within(*self._roomy())
        return ""

    def pan(self, by_s: float) -> str:
        """Move the window."""
        self.preset = None
        self.window = self.window.moved(by_s).within(*self._roomy())
        return ""

    def seek(self, at_s: float) -> str:
        """Show an instant in the middle; the repetition it lies in is reviewed."""
        half = self.window.length_s / 2
        inside = next((one for one in self.reps if one.start_s <= at_s <= one.end_s), None)
        if inside is not None and inside.index != self.current:
            self.keep()
            self.current = inside.index
        self.preset = None
        self.window = TimeWindow(at_s - half, at_s + half).within(*self._roomy())
        return ""

    def toggle_kind(self) -> str:
        """Show filtered samples instead of raw ones, or the other way round."""
        self.kind = "filtered" if self.kind == "raw" else "raw"
        return (
            f"{self.kind.capitalize()} samples."
            if self.kind == "raw"
            else (f"Filtered samples: {self.review.facts.filter_words}.")
        )

    # --- what is moved ---------------------------------------------------------------------

    def nudge(self, by_ms: float) -> str:
        """Move the start of the chosen channel; where there is none one is set at the zero."""
        rep = self.rep
        if rep is None:
            return NO_REP
        at = self._stands(rep)
        return self.drag(self.channel, self.zero_s if at is None else at + by_ms / 1e3)

    def _stands(self, rep: RepetitionFinding) -> float | None:
        """Return where the start of the chosen channel stands, also one that does not count."""
        held = self.pending
        if held is not None and held.channel == self.channel:
            return held.onset_s
        now, put = rep.onsets.get(self.channel), self.standing.onsets.get((rep.index, self.channel))
        return now.onset_s if now is not None else None if put is None else put.onset_s

    def drag(self, channel: str, onset_s: float) -> str:
        """Move a start; nothing is kept yet."""
        if self.pending is not None and self.pending.channel != channel:
            self.keep()
        self.channel = channel
        try:
            self._moved = self.review.preview(self.current, channel, onset_s)
        except FiringOrderError as error:
            self.drop()
            return str(error)
        self.pending = Pending(self.current, channel, onset_s)
        was = self.automatic[self.current].onsets.get(channel)
        return pending_words(channel, None if was is None else (onset_s - was.onset_s) * 1e3)

    def keep(self, why: str = "") -> str:
        """Keep what is being moved, with the reason if one was given."""
        held, self.pending, self._moved = self.pending, None, None
        if held is None or held.onset_s is None:
            return ""
        try:
            self.review.correct(held.repetition, held.channel, held.onset_s, why)
        except FiringOrderError as error:
            return str(error)
        return "Kept. Ctrl+Z takes it back."

    def drop(self) -> bool:
        """Let what is being moved be; return whether there was something."""
        was = self.pending is not None
        self.pending = self._moved = None
        return was

    def reset(self) -> str:
        """Take back the changes of the chosen channel; where it has none, of the repetition."""
        if self.drop():
            return "As it was."
        mine = [name for number, name in self.standing.onsets if number == self.current]
        if not mine:
            return NOTHING_EDITED
        self.review.reset(self.current, self.channel if self.channel in mine else None)
        return "As it was found. Ctrl+Z takes it back."

    def no_onset(self) -> str:
        """Say that the chosen channel has no start in this repetition."""
        self.drop()
        self.review.no_onset(self.current, self.channel)
        return "Without a start. Ctrl+Z takes it back."

    def exclude(self, why: str) -> str:
        """Leave the repetition out."""
        said = self.keep()
        self.review.exclude(self.current, why)
        return said or "Excluded. X counts it again."

    def include(self) -> str:
        """Count the repetition again."""
        self.review.include(self.current)
        return "It counts again."

    def note(self, text: str) -> str:
        """Write a note about the repetition."""
        self.review.note(self.current, text)
        return "Noted."

    def undo(self) -> str:
        """Take back what was changed last; what is being moved first."""
        if self.drop():
            return "As it was."
        entry = self.review.undo()
        return self._back_at(entry, "Taken back", "There is nothing to take back.")

    def redo(self) -> str:
        """Make again what was taken back."""
        entry = self.review.redo()
        return self._back_at(entry, "Done again", "There is nothing to do again.")

    def _back_at(self, entry: Correction | None, said: str, nothing: str) -> str:
        """Show what an entry is about, so that nothing changes unseen."""
        if entry is None:
            return nothing
        if entry.repetition != self.current and self.found(entry.repetition) is not None:
            self.choose(entry.repetition)
        if entry.channel in self.channels:
            self.channel = entry.channel
        return f"{said}: {channel_words(entry.channel) or entry.kind} of rep {entry.repetition}."

    def look(self) -> str:
        """Count in what others changed meanwhile; say who, and of which repetitions."""
        found = self.review.news()
        remarks, self.review.remarks[:] = " ".join(self.review.remarks), []
        if not found:
            return remarks
        names = " and ".join(editors(found))
        numbers = ", ".join(str(k) for k in sorted({one.repetition for one in found}))
        return f"{names} changed rep {numbers} meanwhile; it is counted in. {remarks}".strip()
