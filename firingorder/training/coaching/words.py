"""Everything the coach says, as text by key: short, about the movement, never about the person.

A key is what a clip is called; numbers are keys of their own. Names, positions and cues of an
exercise are spoken from its record, texts about safety from theirs: their text is their key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firingorder.training.exercises.records import Exercise

#: Clips of single numbers; larger ones are put together, up to the largest.
MOST, LARGEST = 60, 999
_TENS = (70, 80, 90)

WORDS: dict[str, str] = {
    "get_ready": "Get ready",
    "lie_still": "Keep still",
    "go": "Go",
    "in_your_own_time": "In your own time",
    "press_to_begin": "Press the pedal or Enter to begin",
    "lift": "Lift",
    "hold": "Hold",
    "lower": "Lower",
    "down": "Down",
    "up": "Up",
    "bend": "Bend forward",
    "hang": "Hang quietly",
    "come_up": "Come back up",
    "squeeze": "Squeeze",
    "squeeze_lightly": "Squeeze lightly",
    "let_go": "Let go",
    "slowly_up": "Slowly up",
    "slowly_down": "Slowly down",
    "begin_task": "Begin",
    "left": "Left",
    "right": "Right",
    "both": "Both",
    "left_side": "Left side",
    "right_side": "Right side",
    "both_sides": "Both sides",
    "change_sides": "Change sides",
    "next_exercise": "Next exercise",
    "next_set": "Next set",
    "set": "Set",
    "of": "of",
    "repetition": "repetition",
    "repetitions": "repetitions",
    "seconds": "seconds",
    "minute": "minute",
    "minutes": "minutes",
    "hundred": "hundred",
    "and": "and",
    "seconds_left": "seconds left",
    "rest": "Rest",
    "halfway": "Halfway",
    "last_one": "Last one",
    "set_done": "Set done",
    "set_left": "This set ends here",
    "session_over": "Session over",
    "on_screen": "The results are on the screen",
    "thank_you": "Thank you",
    "paused": "Paused",
    "going_on": "Going on",
    "hold_space": "Hold the space bar to go on",
    "belt_lost": "Belt lost. Rest where you are.",
    "belt_back": "The belt is back",
    "contact_lost": "Contact lost, press the pad",
    "not_counted": "Not counted",
    "unclear": "Can't tell",
    "smaller": "Smaller",
    "takeover": "Neighbours take over. Rest, then begin again smaller.",
    "takeover_end": "Neighbours took over again. That is enough of this set.",
    "target_higher": "A little higher",
    "target_lower": "A little lower",
    "target_earlier": "A little earlier",
    "target_later": "A little later",
    "estimate": "What was first: back or glute?",
    "without_feedback": "This set is without feedback",
    "with_feedback": "Results are told in this set",
    "feedback_on_request": "Press the pedal to hear the result",
    "feedback_after": "The result is shown at the end",
    "test": "This is a test. Do it as you usually do.",
    "find_it": "Find it: squeeze when you hear the word",
    "release": "Squeeze, and let go when you hear the word",
    "follow": "Follow the line",
    "mark_each": "Press the pedal or Enter at each repetition",
    "none_seen": "No repetition seen yet",
    "not_answered": "Not answered",
    "noted": "Noted",
    "not_now": "Not now",
    "again_to_end": "Press once more to end this set",
    "answer_keys": "Answer with the number keys, then Enter",
    "reached": "Reached",
    "blocked": "No training now",
    "not_open": "This exercise is not open yet. Press Enter for what comes next.",
    "tiny": "A tiny movement",
    "small": "A small movement",
    "medium": "A medium movement",
    "why.half_range": "movement smaller than usual",
    "why.too_short": "movement too short",
    "why.not_lowered": "not lowered again",
    "why.start_pose": "started from another pose",
    "why.imu_gap": "pelvis data missing",
    "why.outage": "connection lost",
    "why.paused": "paused",
    "why.half_effort": "less effort than usual",
    "why.no_rest": "no rest before it",
    "why.posture_changed": "posture changed",
    "why.other_position": "another position",
    "why.missed": "no start seen after the cue",
    "why.not_cued": "began before the cue",
    "why.other_side": "the other side did it",
    "why.no_quiet": "did not come to rest",
    "why.not_returned": "did not come back to the start",
    "why.not_settled": "did not come to stand still",
    "why.stopped": "walking began or stopped here",
    "why.turn": "turned round here",
    "why.step_missed": "a step was not seen",
    "why.calibrated": "calibration changed",
    "why.other": "the signal was not good enough",
}  # fmt: skip


def utterances() -> tuple[str, ...]:
    """Return every key the coach speaks by itself, numbers too; their texts are :data:`WORDS`."""
    return (*WORDS, *(str(one) for one in (*range(MOST + 1), *_TENS)))


def exercise_utterances(exercise: Exercise) -> tuple[str, ...]:
    """Return the texts of a record that are spoken: name, position, cues."""
    text = exercise.text()
    only = (text.only_if,) if text.only_if else ()
    return (dict(exercise.names)["en"], text.setup, *text.cues, *only)


def said(key: str) -> str:
    """Return what a key says; a text that is no key says itself."""
    return WORDS.get(key, key)


def number(value: float) -> tuple[str, ...]:
    """Return the keys of a whole number from 0 to 999, the nearest one for anything else."""
    whole = min(max(round(value), 0), LARGEST)
    hundreds, rest = divmod(whole, 100)
    if hundreds:
        return (str(hundreds), "hundred", *(("and", *number(rest)) if rest else ()))
    if rest <= MOST or rest in _TENS:
        return (str(rest),)
    return (str(rest - rest % 10), str(rest % 10))


def duration(seconds: float) -> tuple[str, ...]:
    """Return the keys of a time: seconds, from 100 s on minutes and seconds."""
    whole = max(0, round(seconds))
    if whole < 100:
        return (*number(whole), "seconds")
    minutes, rest = divmod(whole, 60)
    told = (*number(minutes), "minutes" if minutes > 1 else "minute")
    return (*told, *number(rest), "seconds") if rest else told


def why(reasons: tuple[str, ...]) -> str:
    """Return the key that says why a repetition was not counted."""
    keys = [f"why.{one}" for one in reasons]
    return next((key for key in keys if key in WORDS), "why.other")
