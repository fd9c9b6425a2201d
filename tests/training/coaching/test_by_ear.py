"""A whole programme heard with closed eyes: the coach's words through the real queue of the mixer.

Prints everything that is heard, in order, with times, as somebody on the floor hears it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from firingorder.sound.speech import Line, Speech
from firingorder.sound.voice import load_voice
from firingorder.training.coaching.deeds import Ask, Say, Silence, Sound
from firingorder.training.coaching.voice import spoken_s
from firingorder.training.programmes.records import Item, Target
from tests.training.coaching.scripted import Floor, plan_of

#: Coarse, so that it is fast: what is looked at are beginnings and ends of words.
RATE_HZ = 200.0
CLIP_HZ = 16_000.0
PROGRAMME = (
    Item("sit_hands", kind="find_it", reps=(6,)),
    Item("release_quiet", kind="release", mode="yield", reps=(2,), hold_s=5.0, pause_s=10.0,
         schedule="none"),
    Item("bridge", mode="sequence", target=Target("lead_ms", 20.0, None), reps=(4, 4),
         tempo_s=(2.0, 1.0, 2.0), rest_s=60.0),
    Item("clam", reps=(3,), side="left_then_right", rest_s=30.0),
    Item("prone_raise", reps=(3, 2), hold_s=3.0, side="left_then_right", rest_s=10.0),
    Item("sit_hands_ramp", kind="ramp", reps=(2,)),
)  # fmt: skip
VOICE = load_voice()


@dataclass
class Heard:
    """One utterance as it was heard."""

    keys: tuple[str, ...]
    asked_s: float
    begins_s: float
    ends_s: float
    cut: bool


@dataclass
class Ear:
    """Hears what the mixer's queue makes of what the coach wants said."""

    said: list[Heard] = field(default_factory=list[Heard])
    mute: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    dropped: int = 0

    def listen(self, floor: Floor) -> Ear:
        """Play a session; clips are as long as they are, and silent."""
        speech, now = Speech(RATE_HZ), 0
        waiting: list[tuple[tuple[str, ...], float, np.ndarray]] = []
        rows = [(t, d) for t, _, d in floor.heard if isinstance(d, Say | Silence)]
        current: Heard | None = None
        playing: np.ndarray | None = None
        for row, (at_s, deed) in enumerate(rows):
            if isinstance(deed, Silence):
                speech.forget()
                speech.clear()
                waiting.clear()
            elif (found := VOICE.utterance(deed.keys, CLIP_HZ)) is None:
                self.mute.add(deed.keys)
            else:
                clip = np.zeros(round(len(found) / CLIP_HZ * RATE_HZ), np.float32)
                waiting.append((deed.keys, at_s, clip))
                speech.put(Line(clip, deed.urgent))
            until_s = rows[row + 1][0] if row + 1 < len(rows) else at_s + 30.0
            end = round(until_s * RATE_HZ)
            while True:
                speech.take()
                running = speech._now
                if running is not playing or running is None:
                    if current is not None and running is not playing:
                        current.ends_s = now / RATE_HZ
                        current.cut = current.ends_s < current.begins_s + _s(current.keys) - 0.05
                        current = None
                    match_ = next((k for k, w in enumerate(waiting) if w[2] is running), None)
                    if match_ is not None:
                        keys, asked_s, _ = waiting.pop(match_)
                        current = Heard(keys, asked_s, now / RATE_HZ, 0.0, cut=False)
                        self.said.append(current)
                    playing = running
                n = min(end - now, speech.until_change())
                if n <= 0:
                    break
                speech.add(np.zeros(n))
                now += n
        self.dropped = speech.dropped
        return self


def _s(keys: tuple[str, ...]) -> float:
    found = VOICE.utterance(keys, CLIP_HZ)
    return 0.0 if found is None else len(found) / CLIP_HZ


class Slow(Floor):
    """Listens to the introductions, and thinks about the answers."""

    def lead(self, most_s: float = 3000.0, pain: int | None = 1) -> bool:
        """Do as told, unhurried."""
        since_s, state = self.now_s, ""
        while self.state != "summary" and self.now_s < most_s:
            self.run(self.block_s)
            if self.state != state:
                since_s, state = self.now_s, self.state
            view = self.coach.view
            if view.prompt is not None and self.now_s - since_s > 9.0:
                self.key("answer", str(pain))
                since_s = self.now_s
            elif view.state == "ready" and self.now_s - since_s > 35.0:
                self.key("next")
        return self.run(20.0)


def test_a_programme_with_closed_eyes() -> None:
    floor = Slow(
        plan_of(*PROGRAMME, retention_reps=3, by_ear=True),
        gap_s=4.5,
        leads=lambda k: (80.0, -60.0, 5.0)[k % 3],
        reasons=lambda k: ("half_range",) if k % 9 == 5 else (),
    )
    floor.lead()
    assert floor.state == "summary"
    ear = Ear().listen(floor)
    _print(floor, ear)
    assert ear.mute == set()
    assert ear.dropped == 0, "an utterance was overtaken in the queue of the mixer"
    after_start = [one for one in ear.said if one.asked_s > 10.0]
    assert max(one.begins_s - one.asked_s for one in after_start) < 1.0, "said too late"
    cut = [one for one in after_start if one.cut]
    assert [one.keys for one in cut] == []
    _nothing_but_counts_in_a_movement(floor, ear)
    _everything_is_there(floor, ear)


def _nothing_but_counts_in_a_movement(floor: Floor, ear: Ear) -> None:
    """In a led movement, from its word to its end, there are words of phases and counts alone."""
    words = {"lift", "hold", "lower", "let_go", "squeeze", "slowly_up", "slowly_down", "left",
             "right", "both", "squeeze_lightly", "last_one"}  # fmt: skip
    go_s: float | None = None
    for t, _, deed in floor.heard:
        if isinstance(deed, Ask):
            if deed.kind == "release" and go_s is not None:
                inside = [k for one in ear.said for k in one.keys
                          if one.begins_s < t and one.ends_s > go_s]  # fmt: skip
                assert all(k in words or k.isdigit() for k in inside), (go_s, t, inside)
            go_s = t if deed.kind == "go" else None


def _everything_is_there(floor: Floor, ear: Ear) -> None:
    keys = [k for one in ear.said for k in one.keys]
    sets = len(floor.notes("set_ended"))
    assert keys.count("set_done") == sets
    assert keys.count("question.pain_set") == sets
    assert keys.count("get_ready") == sets
    assert keys.count("last_one") == sets
    assert keys.count("change_sides") == 2
    for setup in ("Lie face down, legs long.", "Sit on both hands, palms up."):
        assert setup in keys
    for word in ("glutes_first", "back_first", "not_counted", "session_over", "on_screen"):
        assert word in keys, word
    assert sum(d.cue == "go" for _, _, d in floor.heard if isinstance(d, Sound)) >= sets
    # 3-2-1 is heard where something begins after it, and nowhere else.
    threes = [one.begins_s for one in ear.said if one.keys == ("3",)]
    begins = [t for t, state in floor.states if state == "work"]
    counted = [t for t in begins if any(2.9 <= t - three <= 3.4 for three in threes)]
    assert len(counted) == len(begins) == sets
    ready = [t for t, state in floor.states if state == "ready"]
    assert not [t for t in ready for three in threes if 0.0 < t - three < 4.0]


def test_lengths_are_estimated_well_enough_for_the_queue() -> None:
    """Of all that the coach and the records say, no estimate is too short by half a second."""
    floor = Floor(plan_of(*PROGRAMME, questions=False))
    floor.lead()
    rows = {d.keys for _, _, d in floor.heard if isinstance(d, Say)}
    short = {keys: _s(keys) + 0.15 - spoken_s(keys) for keys in rows}
    worst = max(short, key=lambda keys: short[keys])
    print(f"{len(rows)} utterances; the estimate is too short by {short[worst]:.2f} s at {worst}")
    assert short[worst] < 0.5


def _print(floor: Floor, ear: Ear) -> None:
    rows = [(one.begins_s, f"{' '.join(one.keys)}{' (cut off)' if one.cut else ''}")
            for one in ear.said]  # fmt: skip
    rows += [(t, f"~ {d.cue}") for t, _, d in floor.heard if isinstance(d, Sound)]
    rows += [(t, f"[{state}]") for t, state in floor.states]
    for t, what in sorted(rows):
        print(f"{t:8.1f} {what}")
