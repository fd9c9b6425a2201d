"""Pictures of a training, made of numbers: every state of the coach for the staged window."""

from __future__ import annotations

from firingorder.training.coaching.view import CoachView
from firingorder.training.goals.records import Judged, Meter
from firingorder.training.programmes.records import PlannedSet, Target
from firingorder.training.safety.records import Blocked, Prompt

ORDER = Target("lead_ms", 20.0, None)
LEVEL = Target("level_percent", 40.0, 70.0)


def planned(**changes) -> PlannedSet:
    """Return a set of ten bridges, with changes."""
    values = {
        "item": 0, "set_number": 2, "sets": 3, "exercise": "bridge", "name": "Glute bridge",
        "kind": "work", "mode": "sequence", "target": ORDER, "side": "both", "reps": 10,
        "hold_s": None, "tempo_s": None, "rest_s": 60.0, "schedule": "concurrent",
        "feedback": (True,) * 10,
    }  # fmt: skip
    return PlannedSet(**(values | changes))


def judged(number: int, outcome="hit", **changes) -> Judged:
    """Return what was said of one repetition."""
    words = {
        "hit": ("Glutes first", "105 ms ahead of the back, 81 to 129."),
        "miss": ("Back first", "98 ms behind the back, 74 to 122."),
        "no_claim": ("Can't tell", "Left back contact poor."),
        "shown": ("Done", "Kept for later."),
        "not_scored": ("Not counted", ""),
    }[outcome]
    values = {
        "index": number, "number": number, "outcome": outcome, "measure": "lead_ms",
        "value": 105.0, "low": 81.0, "high": 129.0, "unit": "ms", "target": ORDER,
        "coloured": True, "headline": words[0], "line": words[1],
        "why": "The movement was smaller than usual." if outcome == "not_scored" else "",
    }  # fmt: skip
    return Judged(**(values | changes))


PLANNED = (planned(set_number=1), planned(), planned(set_number=3))
HISTORY = (judged(1), judged(2), judged(3, "no_claim"), judged(4, "miss"), judged(5), judged(6))
RAMP = tuple((s / 4, 5.0 * s) for s in range(33)), tuple((s / 4, 4.6 * s + 6) for s in range(19))


def work(**changes) -> CoachView:
    """Return a set under way."""
    values = {
        "planned": PLANNED, "index": 1, "title": "Glute bridge", "phase": "hold",
        "instruction": "Begin when you are ready; Space stops, K ends the set.",
        "phase_left_s": 2.0, "phase_total_s": 3.0, "done": 6, "asked": 10, "history": HISTORY,
        "told": HISTORY[-1],
    }  # fmt: skip
    return CoachView("work", **(values | changes))


def _level(inside: bool, value: float) -> tuple[Meter, ...]:
    return (
        Meter("Glutes", value, 40.0, 70.0, 120.0, "%", "up", inside),
        Meter("Back", 18.0, None, 25.0, 120.0, "%", "quieter", True),
    )


_SQUEEZE = planned(
    exercise="iso_supine", name="Squeeze on the back", mode="activate", target=LEVEL, hold_s=10.0
)
_RAMP = planned(exercise="sit_hands_ramp", name="Slow squeeze, sitting", mode="activate",
                target=LEVEL, kind="ramp", reps=4, side="left")  # fmt: skip

STATES: dict[str, CoachView] = {
    "question": CoachView(
        "questions",
        prompt=Prompt("pain_before", "How is the pain now?", "scale", number=1, of=3,
                      help="0 is none, 10 is the worst you can think of."),
    ),
    "red_flag": CoachView(
        "questions",
        prompt=Prompt("red_flag.r1", "New trouble passing or holding urine or stool, or numbness "
                      "between the legs?", "yes_no", number=2, of=9),
    ),
    "blocked": CoachView(
        "blocked",
        blocked=Blocked("see", "Please speak with a clinician before you go on.",
                        "No training today. Your answers are kept.", override=True),
    ),
    "urgent": CoachView(
        "blocked",
        blocked=Blocked("urgent", "Please contact emergency care now. Do not train.",
                        "Show this to whoever helps you.", urgent=True),
    ),
    "ready": CoachView("ready", PLANNED, 1, "Glute bridge",
                       "Lie on your back, knees bent, feet flat.", left_s=14.0, total_s=20.0,
                       lines=("Set 2 of 3, ten lifts", "Press the floor away with your feet")),
    "get_ready": CoachView("get_ready", PLANNED, 1, "Glute bridge", left_s=2.6, total_s=3.0),
    "work_ok": work(),
    "work_back": work(told=HISTORY[3]),
    "work_unclear": work(told=HISTORY[2]),
    "work_not_scored": work(told=judged(7, "not_scored")),
    "work_withheld": work(told=None, withheld="This set is without feedback.",
                          planned=(PLANNED[0], planned(schedule="none"), PLANNED[2])),
    "work_on_request": work(told=None, can_tell=True),
    "work_estimate": work(told=None, estimate=True),
    "squeeze_in": work(planned=(_SQUEEZE,) * 3, phase="squeeze", phase_left_s=7.2,
                       phase_total_s=10.0, told=None, meters=_level(True, 52.0)),
    "squeeze_below": work(planned=(_SQUEEZE,) * 3, phase="squeeze", phase_left_s=7.2,
                          phase_total_s=10.0, told=None, meters=_level(False, 23.0)),
    "ramp": work(planned=(_RAMP,) * 3, phase="follow", phase_left_s=9.0, phase_total_s=14.0,
                 told=None, meters=_level(True, 52.0), curve=RAMP[0], trace=RAMP[1], asked=4,
                 done=1, history=()),
    "pain": CoachView("pain", PLANNED, 1, "Glute bridge", can_skip=True,
                      prompt=Prompt("pain_set", "How is the pain now?", "scale")),
    "rest": CoachView("rest", PLANNED, 2, "Rest", "Rest; Enter begins the next set earlier.",
                      left_s=41.0, total_s=60.0, can_next=True,
                      lines=("Glutes first in 6 of 8.", "Median lead 42 ms, 20 to 63.")),
    "takeover": CoachView("takeover", PLANNED, 2, "Rest",
                          "The back took over. Start again smaller.", left_s=22.0, total_s=30.0),
    "stopped": CoachView("stopped", PLANNED, 1, "Stopped", can_skip=True,
                         prompt=Prompt("stop_pain", "Stopped. How is the pain now?", "scale")),
    "stopped_over": CoachView("stopped", PLANNED, 1, "Stopped", "Rest. Go on when you are ready."),
    "summary": CoachView("summary", PLANNED, 2, "Session done",
                         lines=("Glutes first in 17 of 24, median lead 38 ms, 22 to 51.",
                                "Without feedback: 24 ms before, 31 ms after, within your own "
                                "spread.", "Pain 2 before, 2 after.")),
}  # fmt: skip
