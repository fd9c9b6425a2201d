"""What the table of ``analyse`` says of a set."""

from __future__ import annotations

import pytest

from firingorder.cli.table import text_table
from firingorder.findings import RepetitionFinding, SetFinding, SetForecast
from firingorder.measures import Compensation
from firingorder.session.results import RecordingSummary, analysis

OPEN = SetFinding(
    1, 6, 4, 0, 1, 1, 42.0, -10.0, 90.0, leads=5, reason="too_few_repetitions",
    forecast=SetForecast("expected", "glutes_first", 9, 5, None, 0.7),
)  # fmt: skip
WILD = SetFinding(
    1, 12, 4, 0, 5, 3, 5.0, -70.0, 80.0, leads=12, reason="interval_too_wide",
    forecast=SetForecast("unlikely", p_today=0.1),
)  # fmt: skip
CLAIMED = SetFinding(
    1, 12, 11, 0, 0, 1, 85.0, 62.0, 110.0, leads=12, verdict="glutes_first", claim_low_ms=31.0,
    claim_high_ms=None, forecast=SetForecast("claimed", "glutes_first", 0, 0, 0, 1.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            OPEN,
            "cannot tell, too few good repetitions yet; about 9 more good repetitions (5 or more)",
        ),
        (
            WILD,
            "cannot tell, the repetitions differ too much to tell yet; "
            "a claim about the whole set is unlikely today",
        ),
        (CLAIMED, "glutes first (lead +31 to open ms, however often one looks)"),
    ],
)
def test_a_set_claims_or_says_what_it_still_needs(found: SetFinding, line: str) -> None:
    result = analysis(
        settings_hash="ab12",
        recording=RecordingSummary("r1", "x.csv", 60.0, "bridge", True, ()),
        channels=(),
        repetitions=(),
        sets=(found,),
        warnings=(),
    )
    assert f"the set as a whole: {line}" in text_table(result)


def repetition(index: int, codes: tuple[str, ...], unseen: tuple[str, ...]) -> RepetitionFinding:
    note = Compensation("es_early", -40.0, -10.0, "ms", 5.0, note=True)
    return RepetitionFinding(
        index=index, set_index=1, start_s=5.0, movement_onset_s=5.0, top_s=6.0, end_s=8.0,
        scored=index != 4, reasons=() if index != 4 else ("half_range",), onsets={}, pairs=(),
        verdict="unclear", reason="not_asked", sides="both", lead_ms=None, low_ms=None,
        high_ms=None, pelvis=None, compensations=codes, bursts=(), decided_at_s=8.0,
        faults=(note,) if index == 2 else (), not_measured=unseen,
    )  # fmt: skip


def test_a_set_tells_what_was_seen_and_what_could_not_be() -> None:
    reps = (
        repetition(1, ("open",), ("tfl_takes_over",)),
        repetition(2, ("open", "tilt"), ("tfl_takes_over", "tempo")),
        repetition(3, (), ("tfl_takes_over",)),
        repetition(4, ("tilt",), ("drop",)),
    )
    result = analysis(
        settings_hash="ab12",
        recording=RecordingSummary("r1", "x.csv", 60.0, "clam", True, (), "left"),
        channels=(),
        repetitions=reps,
        sets=(SetFinding(1, 3, 0, 0, 0, 3, None, None, None, compensations=("inconsist",)),),
        warnings=(),
    )
    lines = text_table(result).splitlines()
    assert "  set 1: 3 scored" in lines
    assert (
        "    seen: Pelvis turns open in 2 of 3; Pelvis tilts in 1 of 3; Back earlier than usual "
        "in 1 of 3 (a note); Lowest position varies over the set"
    ) in lines
    assert (
        "    not measured: Front of the hip takes over; Other tempo than asked in 1 of 3" in lines
    )
    assert any("no order asked" in line for line in lines)
    assert any("[not scored: movement smaller than usual]" in line for line in lines)
    assert "cannot tell" not in "\n".join(lines)
