"""What the wizard says and writes: cues for a person lying on the floor, never judgements."""

from __future__ import annotations

_TITLES = {
    "rest": "Lie still",
    "montage": "One muscle at a time",
    "squeeze_glutes": "Squeeze your glutes",
    "bend_knee": "Pull with your heels",
    "lift_back": "Lift a little",
    "push_knees_out": "Push your knees out",
    "bridges": "Three slow bridges",
    "taps": "Three taps",
    "done": "Done",
}

_INSTRUCTIONS = {
    "rest": "Lie on your back with your knees bent, let everything lie heavy and lie still.",
    "montage": "Tighten only the muscle you are asked for, and let go again.",
    "squeeze_glutes": "Squeeze both glutes {effort}, and keep your hips on the floor.",
    "bend_knee": "Press your heels down and pull them towards you {effort}.",
    "lift_back": "Lift your hips a little, hold {effort}, and lie down again.",
    "push_knees_out": "Push both knees outwards against your hands {effort}.",
    "bridges": "Lift your hips slowly, lower them slowly, and rest flat in between.",
    "taps": "Lie still and let one heel drop on the floor three times, a second apart.",
    "done": "The calibration is finished.",
}
_EFFORT = {
    "submaximal": "comfortably firm, without pain",
    "maximal": "as hard as you can without pain",
}

_SAID = {
    "rest.ready": "Lie still now. Let everything lie heavy.",
    "rest.go": "Stay still.",
    "montage.squeeze_glute_left": "Squeeze only your left glute.",
    "montage.squeeze_glute_right": "Squeeze only your right glute.",
    "montage.bend_knee_left": "Pull only your left heel towards you.",
    "montage.bend_knee_right": "Pull only your right heel towards you.",
    "montage.push_knee_out_left": "Push only your left knee outwards.",
    "montage.push_knee_out_right": "Push only your right knee outwards.",
    "montage.lift_back": "Lift your hips a little.",
    "montage.go": "Now.",
    "squeeze_glutes.ready": "Get ready to squeeze both glutes.",
    "squeeze_glutes.go": "Squeeze.",
    "bend_knee.ready": "Get ready to pull both heels towards you.",
    "bend_knee.go": "Pull.",
    "lift_back.ready": "Get ready to lift your hips a little.",
    "lift_back.go": "Lift and hold.",
    "push_knees_out.ready": "Put your hands outside your knees, and get ready to push.",
    "push_knees_out.go": "Push.",
    "bridges.ready": "Three slow bridges. Wait for the word.",
    "bridges.up": "Slowly up.",
    "bridges.down": "Slowly down.",
    "bridges.lie": "Rest.",
    "taps.ready": "Lift one heel a little.",
    "taps.go": "Let the heel drop three times.",
    "let_go": "Let go.",
    "again": "Once more.",
    "accepted": "Good.",
    "paused": "Paused.",
    "done": "The calibration is finished.",
}


def title(step: str) -> str:
    """Return what a step is called."""
    return _TITLES[step]


def instruction(step: str, effort: str) -> str:
    """Return the one sentence of a step."""
    return _INSTRUCTIONS[step].format(effort=_EFFORT[effort])


def said(key: str) -> str:
    """Return what is said for a key, empty where nothing is."""
    return _SAID.get(key, "")


def unit(effort: str) -> str:
    """Return how amplitudes are told after such a calibration."""
    return "% MVC" if effort == "maximal" else "% of calibration"
