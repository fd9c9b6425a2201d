"""The process that judges beside: the same result, whatever becomes of it."""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from firingorder.session import beside
from firingorder.session.arrays import analyse_samples
from firingorder.session.beside import SecondProcess, second_process, serve
from firingorder.signal.case import decide
from firingorder.signal.settings import Settings
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray
    from firingorder.signal.case import Beside, Case, Decision

RATE_HZ = 1000.0
CHANNELS = ("gluteus_maximus_left", "erector_spinae_left")
SECONDS = 60.0


@pytest.fixture(scope="module")
def emg_uv() -> FloatArray:
    """A minute of bridges."""
    body = make_body("bridge", seed=11, channels=CHANNELS)
    return body.emg_uv(0, round(SECONDS * RATE_HZ))


def result(emg_uv: FloatArray, who: Beside | None) -> dict[str, object]:
    task, settings = load_task("bridge"), Settings()
    found = analyse_samples(
        emg_uv, RATE_HZ, CHANNELS, task=task, settings=settings, beside=who, keep_posteriors=True
    )
    assert len(found.repetitions) >= 6
    return found.to_dict()


@pytest.fixture(scope="module")
def here(emg_uv: FloatArray) -> dict[str, object]:
    """What one process alone makes of it."""
    return result(emg_uv, None)


def test_two_processes_make_the_same_result(emg_uv: FloatArray, here: dict[str, object]) -> None:
    judge = SecondProcess(start_at=1, use_from=2)
    assert result(emg_uv, judge) == here
    assert judge.judged >= 5
    pid = judge.pid
    assert pid is not None
    judge.close()
    assert judge.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class Killed(SecondProcess):
    """Loses its process after two decisions, before or after it has taken the next case."""

    def __init__(self, *, before: bool) -> None:
        super().__init__(start_at=1, use_from=1)
        self._before, self._asked = before, 0

    def __call__(self, case: Case) -> Callable[[], Decision]:
        self._asked += 1
        if self._asked == 3 and self._before:
            self.kill()
        take = super().__call__(case)
        if self._asked == 3 and not self._before:
            self.kill()
        return take

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
@pytest.mark.parametrize("before", [True, False])
def test_a_process_that_is_killed_costs_nothing(
    emg_uv: FloatArray, here: dict[str, object], *, before: bool
) -> None:
    judge = Killed(before=before)
    assert result(emg_uv, judge) == here
    assert judge.judged == 2
    assert judge.pid is None


def test_where_none_can_be_started_all_is_judged_here(
    emg_uv: FloatArray, here: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    judge = SecondProcess(start_at=1, use_from=1)
    assert result(emg_uv, judge) == here
    assert (judge.judged, judge.pid) == (0, None)


def test_on_one_core_nobody_judges_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "usable_cores", lambda: 1)
    with second_process() as judge:
        assert judge is None


def some_cases(emg_uv: FloatArray) -> list[Case]:
    """The cases of the first repetitions."""
    cases: list[Case] = []

    def take(case: Case) -> Callable[[], Decision]:
        cases.append(case)
        return lambda: decide(case)

    analyse_samples(
        emg_uv[:20_000],
        RATE_HZ,
        CHANNELS,
        task=load_task("bridge"),
        settings=Settings(),
        beside=take,
    )
    assert len(cases) >= 2
    return cases


def test_the_other_side_answers_until_the_pipe_ends(
    emg_uv: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with its asker, also in the middle of a message."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    cases = some_cases(emg_uv)
    asked = b"".join(pickle.dumps(case) for case in cases)
    for cut in (0, 1000):
        decisions = io.BytesIO()
        serve(io.BytesIO(asked[: len(asked) - cut]), decisions)
        decisions.seek(0)
        for case in cases if cut == 0 else cases[:-1]:
            found: Decision = pickle.load(decisions)
            assert found.judgement == decide(case).judgement
        assert decisions.read() == b""
