"""What is heard follows each input at once, in the order of what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from firingorder.findings import VerdictFinding
from firingorder.session.speaker import APART_NS, MUTED, WITHDRAWN, Speaker
from firingorder.sound.out import NO_DEVICE, NullSound
from firingorder.sound.recorder import Recorder
from firingorder.training.coaching.deeds import Say, Silence, Sound
from firingorder.training.coaching.view import CoachView

if TYPE_CHECKING:
    from firingorder.findings import RepetitionVerdict


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(lambda: 0.0)


def order(index: int, verdict: RepetitionVerdict) -> VerdictFinding:
    return VerdictFinding(index, {}, (), verdict, None, "both", None, None, None, 1.0)


def free(speaker: Speaker, *events: VerdictFinding, t_ns: int = 0) -> None:
    """Nobody leads."""
    speaker.hear((), None, events, t_ns)


def opened(recorder: Recorder) -> Speaker:
    speaker = Speaker(lambda: recorder)
    speaker.open()
    return speaker


def played(recorder: Recorder) -> list[str]:
    return [name for _, name in recorder.played]


def test_without_a_coach_an_order_is_heard_once_and_what_cannot_be_told_is_not(
    recorder: Recorder,
) -> None:
    speaker = opened(recorder)
    first = order(1, "glutes_first")
    free(speaker, first)
    free(speaker, replace(first, stage="final"))
    free(speaker, order(2, "unclear"))
    free(speaker, order(3, "back_first"), order(4, "together"))
    assert played(recorder) == ["glutes_first", "back_first", "together"]


def test_an_order_that_was_told_is_taken_back_before_another_is_told(recorder: Recorder) -> None:
    speaker = opened(recorder)
    free(speaker, order(1, "glutes_first"))
    free(speaker, replace(order(1, "back_first"), revises=True), t_ns=10)
    assert played(recorder) == ["glutes_first", WITHDRAWN]
    free(speaker, t_ns=APART_NS // 2)
    assert played(recorder) == ["glutes_first", WITHDRAWN]
    free(speaker, t_ns=10 + APART_NS)
    assert played(recorder) == ["glutes_first", WITHDRAWN, "back_first"]
    free(speaker, replace(order(1, "unclear"), revises=True), t_ns=20 + APART_NS)
    assert played(recorder)[-1] == WITHDRAWN


def test_a_coach_is_heard_in_order_and_orders_are_its_own_affair(recorder: Recorder) -> None:
    speaker = opened(recorder)
    view = CoachView("work", tone=(0.4, None))
    said = [Sound("go"), Say(("squeeze",), urgent=True), Silence(), Sound("no such")]
    speaker.hear(said, view, [order(1, "glutes_first")], 0)
    speaker.hear((), view, (), 1)
    kinds = [kind for _, kind, _ in recorder.events if kind in ("play", "say", "stop", "levels")]
    assert kinds == ["play", "say", "stop", "levels"]
    assert played(recorder) == ["go"]
    free(speaker)
    assert [what for _, kind, what in recorder.events if kind == "levels"][-1] == (
        None, None, False,
    )  # fmt: skip


def test_without_a_device_one_sentence_says_so_and_all_goes_on() -> None:
    speaker = Speaker(lambda: NullSound(NO_DEVICE))
    speaker.open()
    free(speaker, order(1, "glutes_first"))
    speaker.hush()
    assert speaker.sentence == speaker.sentence == NO_DEVICE
    speaker.close()
    quiet = Speaker()
    quiet.open()
    assert quiet.sentence == ""
    quiet.set_muted(True)
    assert quiet.sentence == MUTED
