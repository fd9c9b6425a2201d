"""Training sessions for tests: a simulated person who listens, real bytes, virtual time."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firingorder.firmware_bridge.actions import HostConfig
from firingorder.montage import Montage
from firingorder.session.acquisition import Acquisition
from firingorder.session.inputs import Latency, latency_text
from firingorder.session.keeping import RecordingKeeper
from firingorder.session.lines import EventLines
from firingorder.session.listener import listener_of
from firingorder.session.setup import SessionSetup
from firingorder.session.training_text import Beginning, begin_text
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.exercises.activities import Activity, ActivityBody
from firingorder.simulation.faults import FaultPlan, parse_faults
from firingorder.simulation.link import SimLink
from firingorder.simulation.scenarios import make_body
from firingorder.training.exercises import load_task
from firingorder.training.programmes.records import Item, Programme
from firingorder.training.safety.facts import SafetyFacts
from tests.session.sessions import FEW_FRAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firingorder.findings import Event
    from firingorder.session.engine import Engine
    from firingorder.session.takers import SpeakerLike
    from firingorder.training.coaching.view import CoachView

FOUR = (
    "gluteus_maximus_left", "erector_spinae_left", "gluteus_maximus_right", "erector_spinae_right",
)  # fmt: skip
#: Seconds after which a session that did not end is a fault.
PATIENCE_S = 400.0


def programme(*items: Item, retention_reps: int = 0) -> Programme:
    """A programme without the block that tests what is kept."""
    return Programme("test", "Test", items, retention_reps=retention_reps)


@dataclass
class Led:
    """A finished session and everything it left behind."""

    engine: Engine
    lines: list[dict[str, Any]]
    path: Path
    states: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """Kind and values of what the coach noted."""
        return [
            (line["kind"], line["values"]) for line in self.lines if line["event"] == "training"
        ]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == kind]


def led_session(
    path: Path,
    what: Programme,
    *,
    scenario: str = "listening?person=clean",
    seed: int = 3,
    questions: bool = False,
    faults: str = "",
    channels: tuple[str, ...] = FOUR,
    keys: Callable[[CoachView | None, float], list[tuple[str, str]]] = lambda _view, _s: [],
    speaker: SpeakerLike | None = None,
    taps_at_s: tuple[float, ...] = (),
    begins: bool = True,
    most_s: float = PATIENCE_S,
    listens: bool = True,
    latency_s: Latency = (0.1, 0.02),
) -> Led:
    """Train in virtual time until the summary. ``keys`` presses more keys than the person does."""
    print(f"{scenario}, seed {seed}, faults {faults or 'none'}")
    body = make_body(scenario, seed=seed, channels=channels)
    plan = parse_faults(faults) if faults else FaultPlan()
    device = VirtualDevice(body, seed=seed, faults=plan, settings=FEW_FRAMES)
    link = SimLink(device, speed=0)
    listener = listener_of(link)
    assert listener is not None
    assert isinstance(body, ActivityBody)
    for at_s in taps_at_s:
        body.add(Activity("belt_tap", at_s))
    montage = Montage(tuple((f"EMG{k + 1}", name) for k, name in enumerate(channels)))
    keeper = RecordingKeeper(path)
    out = io.StringIO()
    writer = EventLines(out, link.now_ns)
    states: list[str] = []

    def on_events(events: list[Event], t_ns: int) -> None:
        writer.write(events, t_ns)

    def on_turn() -> None:
        engine = acquisition.engine
        engine.take_display()
        view = engine.training.view
        if view is not None and (not states or states[-1] != view.state):
            states.append(view.state)
        pressed = keys(view, engine.duration_s)
        if listens and not pressed:
            pressed = listener.hear(engine)
        for name, text in pressed:
            acquisition.train(name, text)
        if view is not None and view.state == "summary":
            acquisition.stop()

    acquisition = Acquisition(
        link,
        SessionSetup(task=load_task("bridge"), montage=montage, belt_taps=bool(taps_at_s)),
        host=HostConfig(),
        duration_s=most_s,
        open_recorder=keeper.opener,
        on_events=on_events,
        on_turn=on_turn,
        speaker=speaker,
    )
    facts = SafetyFacts(today="2026-11-21")
    text = begin_text(Beginning(what, facts, hat="therapist", questions=questions, seed=seed))
    if begins:
        acquisition.train("heard", latency_text(latency_s))
        acquisition.train("begin", text)
    asyncio.run(acquisition.run())
    assert keeper.stop()
    writer.summary(acquisition.engine)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return Led(acquisition.engine, lines, path, states)
