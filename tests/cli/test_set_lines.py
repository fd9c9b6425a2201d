"""What the table of ``analyse`` says of a set."""

from __future__ import annotations

import pytest

from firingorder.cli.table import text_table
from firingorder.findings import SetFinding, SetForecast
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
        (WILD, "cannot tell, the repetitions differ too much to tell yet; unlikely today"),
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
