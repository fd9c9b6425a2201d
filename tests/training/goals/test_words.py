"""Words of goals: every reason has a sentence, none judges a person, every key is a clip."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import get_args

from firingorder.findings import UnclearReason
from firingorder.measures import MetricGate
from firingorder.report import wording
from firingorder.training.goals import judging, schedule, words
from firingorder.training.programmes.records import Measure, Target

FORBIDDEN = re.compile(
    r"weak|lazy|not firing|amnesia|dormant|inhibit|dysfunction|abnormal|normal|diagnos|wrong|bad\b",
    re.IGNORECASE,
)


def test_every_reason_gate_and_measure_has_a_plain_sentence() -> None:
    assert set(wording._NOT_SCORED) <= set(words.NOT_SCORED)  # pyright: ignore[reportPrivateUsage]
    assert set(get_args(MetricGate)) == set(words.GATES)
    assert set(get_args(UnclearReason)) == set(words.UNCLEAR)
    assert set(get_args(Measure)) == set(words.MEASURE_WORDS)
    for one in (*words.NOT_SCORED.values(), *words.GATES.values()):
        assert one[0].isupper()
        assert one.endswith(".")
    assert words.VERDICT_WORDS == wording.VERDICT_WORDS
    both = ("half_range", "no_rest")
    assert words.not_scored_sentence(both).count(".") == 2
    assert "strange thing" in words.not_scored_sentence(("strange_thing",))


def test_no_word_judges_a_person() -> None:
    said = [*words.NOT_SCORED.values(), *words.GATES.values(), *words.UNCLEAR.values()]
    said += [*words.MEASURE_WORDS.values(), *words.BEND_WORDS.values(), schedule.WITHOUT]
    said += [schedule.FADED, schedule.INSIDE, schedule.ON_REQUEST, schedule.LATER]
    for one in said:
        assert not FORBIDDEN.search(one), one


def test_every_spoken_key_is_a_clip() -> None:
    source = files("firingorder.sound") / "voice_en.json"
    listed = json.loads(source.read_text(encoding="utf-8"))
    clips = {*listed["phrases"], *listed["collected"]}
    keys = {key for _, key in judging._INSIDE.values()}  # pyright: ignore[reportPrivateUsage]
    for pair in judging._OUTSIDE.values():  # pyright: ignore[reportPrivateUsage]
        keys |= {key for _, key in pair}
    keys |= {"unclear", "too_close", "on_target", "quiet", "smaller", "again", "percent"}
    keys |= {"other_side", "not_yet_quiet", *map(str, range(61)), *words.VERDICT_WORDS}
    assert keys <= clips, keys - clips


def test_numbers_carry_unit_interval_and_count() -> None:
    m = words.MINUS
    assert words.measured(-61.6, -98.2, -25.0, "ms", 7) == (
        f"{m}62 ms (95 % {m}98 to {m}25, n = 7)"
    )
    assert words.measured(None, None, 1.8, "%") == "no more than 2 % (n = 1)"
    assert words.measured(None, 10.0, None, "s") == "more than 10.0 s (n = 1)"
    assert words.measured(None, None, None, "s") == "not known"
    assert words.measured(0.415, 0.35, 0.5, "1") == "0.41 (95 % 0.35 to 0.50, n = 1)"
    assert words.number(-0.2, "%") == "0 %"
    assert words.lead_words(-62.0, -98.0, -25.0) == (
        "back before glutes by 62 ms (95 % 25 to 98, n = 1)"
    )
    band = Target("level_percent", 40.0, 60.0)
    assert words.target_words(band, "%") == "40 to 60 %"
    assert words.plain("erector_spinae_left") == "left back"
