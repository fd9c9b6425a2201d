"""``explain``: what was seen, what was taken out, and why nothing more is claimed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from firingorder.cli import main
from firingorder.cli.explain import explain
from firingorder.cli.explain_text import story_text
from firingorder.corrections import Correction
from firingorder.findings import (
    BurstFinding,
    ChannelFinding,
    OnsetEstimate,
    RepetitionFinding,
    SequenceFinding,
    SequenceGroup,
    SetFinding,
    SetForecast,
)
from firingorder.session.archive import Archive
from firingorder.session.preferences import LIBRARY_VARIABLE
from firingorder.session.results import Analysis, RecordingSummary, analysis
from firingorder.signal.account import ChannelAccount, RepetitionAccount
from tests.shipped_schemas import schema_faults

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

GLUTE, HAMS, BACK = "gluteus_maximus_left", "hamstring_left", "erector_spinae_left"
SEED = 7
AT = "2026-11-20T10:00:00.000000+00:00"


def burst(channel: str, at_s: float, snr_db: float) -> BurstFinding:
    return BurstFinding(channel, at_s, at_s - 0.01, at_s + 0.02, None, None, None, snr_db)


REPETITION = RepetitionFinding(
    index=2,
    set_index=1,
    start_s=5.0,
    movement_onset_s=None,
    top_s=None,
    end_s=8.0,
    scored=True,
    reasons=(),
    onsets={
        GLUTE: OnsetEstimate(5.0, 4.99, 5.02),
        HAMS: None,
        BACK: OnsetEstimate(5.09, 5.07, 5.1),
    },
    pairs=(),
    verdict="glutes_first",
    reason=None,
    sides="left",
    lead_ms=90.0,
    low_ms=60.0,
    high_ms=110.0,
    pelvis=None,
    compensations=(),
    bursts=(burst(GLUTE, 5.0, 22.0), burst(BACK, 5.09, 18.0), burst(BACK, 4.71, 9.0)),
    decided_at_s=8.2,
    sequence=(
        SequenceFinding(
            "all",
            (SequenceGroup((GLUTE,), "single"), SequenceGroup((BACK,), "single")),
            0.991,
            (),
            ((GLUTE, BACK),),
            {HAMS: "low_snr"},
        ),
    ),
    forecast=SetForecast("expected", "glutes_first", 3, 2, 6, 0.8),
)
PLAIN = RepetitionAccount(
    margin_ms=30.0,
    beats=0,
    beats_masked=False,
    corner_hz=None,
    filled=False,
    channels={name: ChannelAccount(0, 0.0, False, 0.5) for name in (GLUTE, HAMS, BACK)},
)
SET = SetFinding(
    1, 2, 2, 0, 0, 0, 90.0, 60.0, 110.0, leads=2, reason="too_few_repetitions",
    forecast=SetForecast("expected", "glutes_first", 8, 6, None, 0.7),
)  # fmt: skip


def result(removed_uv: float = 0.0, found: SetFinding = SET) -> Analysis:
    return analysis(
        settings_hash="ab12",
        recording=RecordingSummary("r1", "x.csv", 60.0, "bridge", True, ()),
        channels=tuple(
            ChannelFinding(name, 2.0, 0.5, False, 20.0, True, (), removed_uv)
            for name in (GLUTE, HAMS, BACK)
        ),
        repetitions=(REPETITION,),
        sets=(found,),
        warnings=(),
    )


def told(account: RepetitionAccount = PLAIN, removed_uv: float = 0.0) -> str:
    return story_text(explain(result(removed_uv), REPETITION, account))


def test_the_order_of_all_muscles_and_who_is_left_out() -> None:
    text = told()
    assert "every channel: left glute, then left back, P 0.991" in text
    assert "without left hamstring: signal too weak against the noise" in text


def test_further_bursts_are_told_apart_from_the_one_that_decides() -> None:
    assert "a further burst: left back, 4.710 s  -10 +20 ms, SNR 9.0 dB" in told()
    assert f"{BACK:<24}     5.090 s  -20 +10 ms  SNR 18.0 dB" in told()


def test_what_a_set_expected_then_and_says_in_the_end() -> None:
    text = told()
    then = "after this repetition, until the set claims something: about 3 more good repetitions"
    assert then in text
    assert (
        "in the end: cannot tell, too few good repetitions yet; about 8 more good repetitions"
        in text
    )
    claimed = replace(SET, verdict="glutes_first", reason=None, claim_low_ms=41.0)
    text = story_text(explain(result(found=claimed), REPETITION, PLAIN))
    assert "in the end: glutes first (lead +41 to open ms, however often one looks)" in text


def test_nothing_is_said_to_be_cleaned_or_learnt_that_was_not() -> None:
    text = told()
    assert "nothing had to be taken out" in text
    assert "nothing learnt yet" in text
    assert "two steps" not in text


def test_what_was_cleaned_is_said_in_plain_words() -> None:
    channels = dict(PLAIN.channels)
    channels[BACK] = ChannelAccount(9, 0.42, True, 11.2)
    account = replace(
        PLAIN, beats=14, beats_masked=True, corner_hz=50.0, filled=True, channels=channels
    )
    text = told(account, removed_uv=3.14)
    for words in (
        "mains hum subtracted, over the recording: left glute 3.1 uV, left hamstring 3.1 uV",
        "14 heart beats subtracted; what still stood out was left out",
        "high-pass raised to 50 Hz for all channels, because of motion "
        "(11 times the rest in left back)",
        "a pop of the electrode left out: left back",
        "empty upper band filled with weak noise",
        "rises: learnt from up to 9 earlier repetitions of left back",
        "begins in two steps: P 0.42",
    ):
        assert words in text


def test_a_simulated_repetition_is_explained_in_text_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print(f"seed {SEED}")
    path = tmp_path / "s.mcap"
    pairs = [f"{muscle}_{side}" for muscle in ("gluteus_maximus", "erector_spinae")
             for side in ("left", "right")]  # fmt: skip
    device = f"sim:bridge_motion?seed={SEED}&speed=0&channels={','.join(pairs)}"
    assert main(["record", "--device", device, "--out", str(path), "--duration", "17"]) == 0
    capsys.readouterr()
    assert main(["explain", str(path), "--rep", "1", "--json"]) == 0
    story = json.loads(capsys.readouterr().out)
    assert story["schema"] == "firingorder.explain/1"
    assert schema_faults("explain-1", story) == []
    assert all(schema_faults("explain-1", {**story, key: ...}) for key in story)
    assert {one["scope"] for one in story["sequence"]} >= {"all", "pooled"}
    assert story["cleaned"]["raised_to_hz"] in (40.0, 50.0)
    assert story["set"]["forecast_then"]["state"] == "too_early"
    found = [one for one in story["onsets"].values() if one is not None]
    assert found
    for one in found:
        assert one["learnt_from"] == 0
        assert 0.0 <= one["p_two_steps"] <= 1.0
    assert main(["explain", str(path), "--rep", "1"]) == 0
    text = capsys.readouterr().out
    assert "left and right as one: " in text
    assert "because of motion" in text
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    archive = Archive.open(url, who="Ortiz")
    row = archive.keep(path)
    entry = Correction(
        "e1", "exclude", 1, found[0]["onset_s"], "Ortiz", AT, why="cable was touched"
    )
    archive.library.add_corrections(row.recording.id, [entry])
    archive.close()
    monkeypatch.setenv(LIBRARY_VARIABLE, url)
    assert main(["explain", str(path), "--rep", "1"]) == 0
    assert "cable was touched" in capsys.readouterr().out
