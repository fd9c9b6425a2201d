"""The keys of each page, as the help lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.gui.view_models.pages import PAGES

if TYPE_CHECKING:
    from firingorder.gui.view_models.pages import PageName
    from firingorder.session.feed import LiveStatus

Keys = tuple[tuple[str, str], ...]

_LIVE: Keys = (
    ("Enter", "Begin the training"),
    ("Space", "Pause. To go on, hold Space for one second"),
    ("P", "STOP; also the pedal held for a second, or two taps on the belt"),
    ("N", "Next set"),
    ("B", "Own baseline: the first two sets after the calibration"),
    ("T", "A pelvis sensor of its own: tap three times, then T"),
    ("F", "Floor view and back; Shift+F: on the second screen"),
    ("S", "Sound off and on; Ctrl+Up, Ctrl+Down: louder, softer"),
    ("H", "Hear the last start again, eight times slower"),
    ("1  2  3", "Floor view: how far away you lie, in metres"),
)
#: On the live page while the coach leads.
_LED: Keys = (
    ("Space  P", "STOP at once; also the pedal held, or two taps on the belt"),
    ("Enter", "The next thing; the answer of a question. So does the pedal"),
    ("Space held", "Go on after a STOP or a pause"),
    ("W  K", "Pause; leave out what is asked, end the set"),
    ("Backspace", "Back"),
    ("T  H", "Tell the result; hear the last start slowly"),
    ("←  ↓  →", "What you felt first: glutes, together, back"),
    ("-  O", "Smaller; go on with a reason, for a therapist"),
    ("F", "Floor view and back; Shift+F: on the second screen"),
    ("S", "Sound off and on; Ctrl+Up, Ctrl+Down: louder, softer"),
    ("Esc", "Back to the desk view; held: end the training"),
    ("1  2  3", "Floor view: how far away you lie, in metres"),
)
_SETUP: Keys = (
    ("Enter", "Go on to the calibration"),
    ("Shift+Enter", "Go on although a light is bad; the recording says so"),
    ("Space", "Check again: forget what was seen before"),
    ("↑  ↓", "Choose a row"),
    ("X", "Swap left and right of the chosen muscle"),
    ("G", "Guide: where the pads go"),
    ("R", "Raw numbers"),
)
_CALIBRATE: Keys = (
    ("Enter", "Begin; then keep, redo or use, as the button says"),
    ("Space", "Pause"),
    ("E  R", "Before it begins: how hard, and how much"),
    ("U", "Before it begins: use the calibration that was kept of this person, as it fits"),
    ("R", "Redo the step"),
    ("←  →", "Back to the step before; skip this one"),
    ("X", "Swap what seems to be plugged in the wrong way round"),
    ("S", "Sound off and on"),
    ("Esc", "Leave without using it: hold for one second"),
)
_PROGRAMME: Keys = (
    ("Enter", "Use the programme: it is done on the page Live"),
    ("←  →", "Go to the list, the exercises, the fields; Tab goes on from field to field"),
    ("↑  ↓", "Choose a row; in a field: one step. Esc leaves a field"),
    ("A  D  Del", "Add an exercise; double the chosen one; remove it"),
    ("Alt+↑  Alt+↓", "Move the chosen exercise; the mouse drags it"),
    ("Ctrl+Z  Ctrl+Y", "Undo, redo"),
    ("Ctrl+S  Ctrl+Shift+S", "Save; save under another name"),
    ("N  F2", "New, from the one that is open; rename"),
    ("I  X", "Import from a file; export to one"),
    ("W", "Go to what stands in the way"),
    ("U", "Take over copies of exercises as they are now"),
    ("Ctrl+Del", "Delete the programme: hold for one second"),
)
_EXERCISES: Keys = (
    ("Enter", "Train it now"),
    ("A", "Add it to the programme that is open"),
    ("/", "Search; Esc forgets the search"),
    ("←  →", "Go to the list, the text, the fields"),
    ("↑  ↓", "Choose; in the text: scroll; in a field: one step"),
    ("C", "Copy it, in the Therapist hat"),
    ("E", "Change the copy, and close it again"),
    ("+  -", "Add a dose; drop the last one"),
    ("I  X", "Import a copy from a file; export the chosen one"),
    ("Ctrl+Z  Ctrl+Y", "Undo, redo"),
    ("Ctrl+Del", "Delete the copy: hold for one second"),
)
_PRACTISE: Keys = (
    ("Enter", "Begin a series; then the next round"),
    ("G  T  B  U", "Answer: glutes first, together, back first, can't tell"),
    ("8  1", "Hear the start eight times slower (Space too), or at its own speed"),
    ("V", "All muscles, or glutes and back only"),
    ("N", "Another series"),
    ("Ctrl+S", "Save rounds and answers as a table"),
    ("Ctrl+PgUp  Ctrl+PgDn", "Parts of the page: practise, debates, not known, how sure"),
    ("←  →  ↑  ↓", "Other debates; scroll"),
)
_REVIEW: Keys = (
    ("←  →  E", "Repetition before, after; the next one that is unsure"),
    ("↑  ↓  Tab", "Choose a channel"),
    (",  .", "Move its start 1 ms, Shift 10; or drag it. Enter keeps, Shift+Enter says why"),
    ("R  Del  X  T", "As it was found; no start; leave the repetition out; a note"),
    ("Ctrl+Z  Ctrl+Y", "Undo, redo"),
    ("1  2  3  +  -  F", "Onset, repetition, set; nearer, farther; filtered samples"),
    ("Space  S", "Play and stop, with Shift in a loop; other speed, with Shift back"),
    ("W  G", "Why this verdict; all repetitions over each other"),
    ("A  B", "Analyse with other settings, side by side; mark blind"),
    ("L  O", "Play the session in the live screens (+ - : other speed there); open another one"),
    ("Ctrl+S  Ctrl+P", "Export; make a report"),
)
_TRENDS: Keys = (
    ("←  →", "Go along the sessions; Home, End: the first, the last"),
    ("Enter", "Open the session in the review"),
    ("/  E  V", "Choose the person, the exercise, the measure"),
    ("B", "Set the session as “before”: each other one is compared with it. Esc ends it"),
    ("T", "Draw sessions to time, or side by side"),
    ("N", "A note on the time line, in the Therapist hat"),
    ("A", "Analyse sessions that have no result yet; again stops it"),
    ("U", "Read the library again"),
)
_LIBRARY: Keys = (
    ("Enter", "Open the session in the review"),
    ("←  →  ↑  ↓", "Go to the people, the sessions, the facts; choose"),
    ("/", "Search codes, names, exercises, notes; Esc forgets it"),
    ("T", "Trends of the person"),
    ("R  X", "Report of the session; copy of it for other programs"),
    ("H", "At home: pack, open, make the file for the therapist, take it in"),
    ("I  A", "Import a file of another program; adopt recordings"),
    ("B  Shift+B", "Back everything up into one file; restore from one"),
    ("F2  N", "Name of the person, and notes; a note on the session"),
    ("C  K", "Whose session it is; whether the pads stayed"),
    ("Del", "Erase the person: hold for two seconds"),
    ("U", "Read the library again"),
)
_EVERYWHERE: Keys = (
    ("Pedal", "Next; held for a second: STOP. PgDown and F5, or what Ctrl+K has learned"),
    ("M", "Mark this instant in the recording"),
    ("L", "State of the link: rate, drift, loss, delay"),
    (
        "Ctrl+1 … 9",
        ", ".join(page.title for page in PAGES),
    ),
    ("Ctrl+H", "Change between the Person and the Therapist hat"),
    ("Ctrl+K", "Learn the key of a foot switch or clicker"),
    ("Ctrl+P", "What the therapist decides: cleared flags, holds, steps, the PIN"),
    ("Ctrl+D", "Choose another device, while none measures"),
    ("Ctrl+E", "End the session: hold for one second"),
    ("?", "This help"),
)
_OWN: dict[PageName, Keys] = {
    "setup": _SETUP,
    "calibrate": _CALIBRATE,
    "live": _LIVE,
    "programme": _PROGRAMME,
    "exercises": _EXERCISES,
    "practise": _PRACTISE,
    "review": _REVIEW,
    "trends": _TRENDS,
    "library": _LIBRARY,
}


def help_keys(page: PageName, *, led: bool = False) -> Keys:
    """Return what each key does on a page, its own first; ``led``: while the coach leads there."""
    own = _LED if led and page == "live" else _OWN[page]
    taken = {key for keys, _ in own for key in keys.split("  ")}
    return (*own, *(one for one in _EVERYWHERE if one[0] not in taken))  # a page may use it itself


def help_note(status: LiveStatus) -> str:
    """Return which calibration is in use, and what of it is not and why."""
    return " ".join(part for part in (status.calibration, *status.calibration_notes) if part)
