"""One sentence for every state: what to do now, and with which key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.coaching import attempts

if TYPE_CHECKING:
    from firingorder.training.coaching.course import Course
    from firingorder.training.coaching.set_run import SetRun
    from firingorder.training.coaching.view import Command

#: The keys that the sentences name; a pedal is Enter when pressed briefly and STOP when held.
KEYS: dict[Command, str] = {
    "next": "Enter", "back": "Backspace", "stop": "Space", "resume": "hold Space", "pause": "W",
    "go_on": "hold Space", "tell": "T", "skip": "K", "smaller": "Minus", "override": "O",
    "end": "hold Esc", "answer": "Enter", "estimate": "arrow keys",
}  # fmt: skip

_SENTENCES = {
    "questions": "Answer with the keys shown, then Enter.",
    "scale": "Press a number from 0 to 10, then Enter; K leaves it unanswered.",
    "blocked": "Press Enter to end; a therapist may go on with O and a reason.",
    "blocked_for_good": "Press Enter to end.",
    "not_open": "Press Enter for what comes next; a therapist may open it with O and a reason.",
    "ready": "Take your position; Enter or the pedal begins, K leaves this set out.",
    "get_ready": "Keep still until go; Space stops.",
    "rest": "Rest; Enter begins the next set earlier, Space stops.",
    "rest_whole": "Rest until you are called; Space stops.",
    "pain": "How much did it hurt? Press 0 to 10, then Enter, or K.",
    "paused": "Paused; hold Space to go on, hold Esc to end the session.",
    "stopped": "Rest; press 0 to 10 for the pain now, then Enter, or K.",
    "stopped_why": "Choose the reason, then Enter; K leaves it out.",
    "stopped_over": "Rest; hold Space to go on when you are ready, hold Esc to end the session.",
    "summary": "The session is over; press Enter to close it.",
    "lost": "Rest where you are until the belt is back; Space stops.",
    "estimate": "What was first? Left arrow glutes, right arrow back, down together.",
    "can_tell": "T or Enter tells the result; begin the next one when you are ready.",
    "mark": "Do it as you do it at home, press Enter at each repetition; K ends the set.",
    "led": "Follow what is asked; Space stops, K ends the set.",
    "own": "Begin when you are ready; Space stops, K ends the set.",
    "task": "Go on until you are told that it is over; Space stops.",
}


def instruct(key: str) -> str:
    """Return the sentence of a state."""
    return _SENTENCES[key]


def instruct_work(course: Course, run: SetRun) -> str:
    """Return the sentence of a set under way."""
    if course.lost:
        return _SENTENCES["lost"]
    if run.feedback.estimating:
        return _SENTENCES["estimate"]
    if run.feedback.pending is not None:
        return _SENTENCES["can_tell"]
    if attempts.is_marked(run.exercise):
        return _SENTENCES["mark"]
    if attempts.is_timed(run.planned, run.exercise):
        return _SENTENCES["task"]
    return _SENTENCES["led" if attempts.is_led(run.planned, run.exercise) else "own"]
