"""Who may do what: the person who trains, and the therapist. Docs: docs/reference/safety.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from firingorder.training.safety.records import Refusal

if TYPE_CHECKING:
    from firingorder.training.programmes.records import SetKind
    from firingorder.training.safety.facts import SafetyFacts
    from firingorder.training.safety.records import Hat

Action = Literal[
    "train", "stop", "answer", "smaller", "skip", "end_session", "settings", "choose_template",
    "edit_own_programme", "practise", "export_own", "start_screen", "set_mode", "set_target",
    "set_bounds", "set_schedule", "set_pain_policy", "override_start", "override_progression",
    "override_lock", "clear_red_flag", "edit_exercise", "edit_programme", "attach_therapist",
    "see_messages", "set_pin",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)

_ASK = "Ask your therapist, or change to the Therapist hat (Ctrl+H)."
#: What the person's hat refuses, and why.
THERAPIST_ONLY: dict[Action, str] = {
    "set_mode": "What an exercise rewards is chosen by the therapist.",
    "set_target": "Targets are set by the therapist; without one your own baseline is shown.",
    "set_bounds": "How far the threshold may move is set by the therapist.",
    "set_schedule": "How often results are told is set by the therapist.",
    "set_pain_policy": "The rule for pain is chosen by the therapist; yours is the strict one.",
    "override_start": "Only a therapist may begin a session at this pain, with a reason.",
    "override_progression": "Only a therapist may go a step further early, with a reason.",
    "override_lock": "Only a therapist may lift what holds this exercise today, with a reason.",
    "clear_red_flag": "Only a therapist enters what the clinician said, with date and reason.",
    "edit_exercise": "Exercises are changed by the therapist, as a copy.",
    "edit_programme": "This programme was made by the therapist, who alone changes it.",
    "attach_therapist": "Only a therapist can say that a therapist looks after this person.",
    "see_messages": "This list is for the therapist.",
    "set_pin": "The PIN is set in the Therapist hat.",
}
#: What a person without a therapist may do, and in which kinds of sets.
ALONE: dict[str, frozenset[SetKind]] = {
    "bridge": frozenset({"work", "find_it"}),
    "release_quiet": frozenset({"release", "work"}),
    "sit_hands": frozenset({"find_it"}),
    "iso_sit": frozenset({"find_it"}),
    "iso_stand": frozenset({"find_it"}),
    "iso_prone": frozenset({"find_it"}),
    "iso_supine": frozenset({"find_it"}),
}


def may(hat: Hat, action: Action, facts: SafetyFacts) -> Refusal | None:
    """Return why something is refused in this hat; None: it is allowed."""
    if hat == "therapist":
        return None
    if action in THERAPIST_ONLY:
        return Refusal(action, THERAPIST_ONLY[action], _ASK)
    if action == "start_screen" and not facts.therapist:
        return Refusal(
            action,
            "Screens are given by a therapist: without one nobody is there to read them.",
            "Do the find-it test, the release or the bridge, or ask a therapist.",
        )
    return None


def allowed_exercises(facts: SafetyFacts) -> frozenset[str] | None:
    """Return the exercises a person may do in the Person hat; None: all of them."""
    return None if facts.therapist else frozenset(ALONE)


def refused_set(hat: Hat, exercise: str, kind: SetKind, facts: SafetyFacts) -> Refusal | None:
    """Return why a set of a programme is not for this person; None: it is."""
    if hat == "therapist" or facts.therapist or kind in ALONE.get(exercise, frozenset()):
        return None
    return Refusal(
        "train",
        "Without a therapist there are the find-it test, the release and the bridge; this one "
        "waits for a therapist.",
        _ASK,
    )


def coloured(facts: SafetyFacts) -> bool:
    """Tell whether green and orange may be used at all: only where a therapist set targets."""
    return facts.therapist
