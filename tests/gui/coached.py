"""Pictures of a training, made of numbers: every state of the coach for the staged window.

The history is that of the synthetic session: glutes, glutes, together, back, glutes, unclear.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firingorder.training.coaching.instructions import instruct
from firingorder.training.coaching.view import CoachView
from firingorder.training.goals.records import Judged, Meter
from firingorder.training.programmes.records import PlannedSet, Target
from firingorder.training.safety.asking import ask, pain_prompt
from firingorder.training.safety.pain import stop_prompts
from firingorder.training.safety.records import Blocked
from firingorder.training.safety.texts import text

ORDER = Target("lead_ms", 20.0, None)
LEVEL = Target("level_percent", 40.0, 70.0)
#: When six repetitions of the synthetic session are over and the seventh has not begun.
AFTER_SIX_S = 36.4


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
        "hit": ("Glutes first", "105 ms ahead of the back (95 % 81 to 129)"),
        "miss": ("Back first", "98 ms behind the back (95 % 74 to 122)"),
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


def neutrals(history) -> tuple[Judged, ...]:
    """Return a history without a target of the therapist."""
    return tuple(replace(one, coloured=False, target=None) for one in history)


TOGETHER = {"headline": "Together", "line": "4 ms apart (95 % 10 behind to 18 ahead)"}
PLANNED = (planned(set_number=1), planned(), planned(set_number=3))
HISTORY = (judged(1), judged(2), judged(3, "miss", **TOGETHER), judged(4, "miss"), judged(5),
           judged(6, "no_claim"))  # fmt: skip
RAMP = tuple((s / 4, 5.0 * s) for s in range(33)), tuple((s / 4, 4.6 * s + 6) for s in range(19))


def with_set(**changes) -> tuple[PlannedSet, ...]:
    """Return the sets of the session with another second one."""
    return PLANNED[0], planned(**changes), PLANNED[2]


def work(**changes) -> CoachView:
    """Return a set under way."""
    values = {
        "planned": PLANNED, "index": 1, "title": "Glute bridge", "phase": "hold",
        "instruction": instruct("own"), "phase_left_s": 2.0, "phase_total_s": 3.0, "done": 6,
        "asked": 10, "history": HISTORY, "told": HISTORY[4], "can_skip": True, "can_back": True,
    }  # fmt: skip
    return CoachView("work", **(values | changes))


def level(inside: bool, value: float) -> tuple[Meter, ...]:
    """Return the bars of a squeeze."""
    return (
        Meter("Glutes", value, 40.0, 70.0, 120.0, "%", "up", inside),
        Meter("Back", 18.0, None, 25.0, 120.0, "%", "quieter", True),
    )


_SQUEEZE = planned(
    exercise="iso_supine", name="Squeeze on the back", mode="activate", target=LEVEL, hold_s=10.0
)
_RAMP = planned(exercise="sit_hands_ramp", name="Slow squeeze, sitting", mode="activate",
                target=LEVEL, kind="ramp", reps=4, side="left")  # fmt: skip
_QUIET = planned(exercise="release_quiet", name="Let go", mode="yield", kind="release",
                 target=Target("time_to_quiet_s", None, 2.0))  # fmt: skip
_HELD = [judged(n, "hit", measure="level_percent", unit="%", headline="Reached",
                line="52 % for 10 s") for n in (1, 2)]  # fmt: skip
_SQUEEZED = (*_HELD, judged(3, "miss", measure="level_percent", unit="%", headline="Not yet",
                            line="31 %, 40 % are asked for"))  # fmt: skip


def squeezing(inside: bool, value: float, **changes) -> CoachView:
    """Return a squeeze under way."""
    return work(planned=(_SQUEEZE,) * 3, phase="squeeze", phase_left_s=7.2, phase_total_s=10.0,
                told=None, meters=level(inside, value), history=_SQUEEZED, done=3,
                instruction=instruct("led"), **changes)  # fmt: skip


_PAIN = pain_prompt("after_set")
_STOP_PAIN, _STOP_WHY = stop_prompts()
_READY_LINES = ("Lie on your back, knees bent, feet flat.", "Press the floor away with your feet",
                "Knees, hips and shoulders in one line", "Come down slowly")  # fmt: skip
_CAN: dict[str, Any] = {"can_next": True, "can_back": True, "can_skip": True}
_REST_LINES = ("10 of 10 repetitions.", "Glutes first in 6 of 8 (95 % 41 to 93 %).",
               "Median lead 42 ms (95 % 20 to 63, n = 8).")  # fmt: skip


def _asked(*prompt, **more) -> CoachView:
    return CoachView("questions", title="Before you begin", instruction=instruct("questions"),
                     prompt=ask(*prompt, **more), can_back=True)  # fmt: skip


STATES: dict[str, CoachView] = {
    "question": _asked("pain_before", "question.pain_before", "scale", help_key="help.pain",
                       number=1, of=3),
    "red_flag": _asked("red_flag.r1", "red_flag.r1", "yes_no", help_key="help.red_flag",
                       number=2, of=9),
    "notice": _asked("safety.power", "safety.power", "choice", (("ok", "option.ok"),), of=12),
    "blocked": CoachView("blocked", title="No training now", can_next=True, blocked=Blocked(
        "see", text("safety.see"), text("safety.next.see"), override=True)),
    "urgent": CoachView("blocked", title="No training now", can_next=True, blocked=Blocked(
        "urgent", text("safety.urgent"), text("safety.next.urgent"), urgent=True)),
    "ready": CoachView("ready", PLANNED, 1, "Glute bridge", instruct("ready"), **_CAN,
                       lines=_READY_LINES, asked=10),
    "get_ready": CoachView("get_ready", PLANNED, 1, "Glute bridge", instruct("get_ready"),
                           left_s=2.6, total_s=6.0, **_CAN, asked=10),
    "work_begun": work(told=None, history=(), done=0),
    "work_ok": work(),
    "work_together": work(told=HISTORY[2]),
    "work_back": work(told=HISTORY[3]),
    "work_unclear": work(told=HISTORY[5]),
    "work_neutral": work(told=neutrals(HISTORY)[3], history=neutrals(HISTORY)),
    "work_not_scored": work(told=judged(7, "not_scored"),
                            history=(*HISTORY, judged(7, "not_scored"))),
    "work_withheld": work(told=None, withheld="This set is without feedback: what came out is "
                          "told at the end.", planned=with_set(schedule="none")),
    "work_on_request": work(told=None, can_tell=True, withheld="Press the key to hear the result.",
                            planned=with_set(schedule="on_request")),
    "work_estimate": work(told=None, estimate=True, planned=with_set(estimate_first=True)),
    "squeeze_in": squeezing(True, 52.0),
    "squeeze_below": squeezing(False, 23.0, threshold="40 %"),
    "quiet": work(planned=(_QUIET,) * 3, phase="quiet", phase_left_s=3.2, told=None, history=(),
                  done=1, meters=(Meter("Rest tone", 6.0, None, 8.0, 40.0, "%", "quieter", True),),
                  instruction=instruct("led")),
    "ramp": work(planned=(_RAMP,) * 3, phase="follow", phase_left_s=9.0, phase_total_s=14.0,
                 told=None, meters=level(True, 52.0), curve=RAMP[0], trace=RAMP[1], asked=4,
                 done=1, history=_SQUEEZED[:1], instruction=instruct("led")),
    "pain": CoachView("pain", PLANNED, 1, "Glute bridge", instruct("pain"), prompt=_PAIN,
                      left_s=14.0, total_s=20.0, lines=_REST_LINES[:2], **_CAN),
    "rest": CoachView("rest", PLANNED, 2, "Glute bridge", instruct("rest"), left_s=41.0,
                      total_s=60.0, lines=_REST_LINES, asked=10, **_CAN),
    "takeover": CoachView("takeover", PLANNED, 2, "Glute bridge", instruct("rest_whole"),
                          left_s=22.0, total_s=30.0, can_skip=True, asked=10,
                          message="Neighbours took over. Begin again smaller."),
    "paused": CoachView("paused", PLANNED, 1, "Paused", instruct("paused"), can_next=True),
    "stopped": CoachView("stopped", PLANNED, 1, "Stopped", instruct("stopped"), left_s=24.0,
                         total_s=30.0, prompt=_STOP_PAIN, can_skip=True),
    "stopped_why": CoachView("stopped", PLANNED, 1, "Stopped", instruct("stopped_why"),
                             left_s=24.0, total_s=30.0, prompt=_STOP_WHY, can_skip=True),
    "stopped_over": CoachView("stopped", PLANNED, 1, "Stopped", instruct("stopped_over")),
    "after": CoachView("after", PLANNED, 2, "At the end", instruct("pain"), left_s=20.0,
                       total_s=20.0, prompt=pain_prompt("after"), **_CAN),
    "summary": CoachView("summary", PLANNED, 2, "Session over", instruct("summary"),
                         lines=("Glute bridge: 10 of 10 repetitions.",
                                "Glutes first in 17 of 24, median lead 38 ms (95 % 22 to 51).",
                                "Without feedback: 24 ms before, 31 ms after, within your own "
                                "spread.", "Glute bridge: pain went up. That is enough for this "
                                "one.")),
}  # fmt: skip
#: States of the link, as changes of the status, while somebody is led.
LINKS: dict[str, dict] = {
    "contact": {"lead_off": (True,) + (False,) * 7},
    "lost": {"connection": "lost"},
    "waiting": {"connection": "waiting"},
    "alarm": {"alarm": "The disk is full: /home/user/firingorder. Free space; the samples since "
              "07:31 are not on the disk."},
    "battery": {"battery_percent": 12.0},
    "replay": {"source": "replay"},
    "simulated": {"source": "simulated", "person": "P-0007"},
}  # fmt: skip
