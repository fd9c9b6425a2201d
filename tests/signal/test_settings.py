"""Settings: one hash for one set of numbers, TOML there and back, mistakes named."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from firingorder.errors import UsageError
from firingorder.signal.settings import Settings


def test_toml_round_trip_keeps_every_value() -> None:
    settings = Settings()
    changed = replace(
        settings,
        conditioning=replace(settings.conditioning, highpass_hz=40.0),
        lift=replace(settings.lift, least_range_deg=9.5),
    )
    for one in (settings, changed):
        again = Settings.from_toml(tomllib.loads(one.to_toml()))
        assert again == one
        assert again.hash() == one.hash()
    assert changed.hash() != settings.hash()


def test_the_hash_is_of_values_not_of_spelling() -> None:
    whole = Settings.from_toml({"conditioning": {"highpass_hz": 30}})
    assert whole.hash() == Settings().hash()
    assert len(whole.hash()) == 64


def test_a_part_of_the_settings_changes_only_that_part() -> None:
    settings = Settings.from_toml(tomllib.loads("[onset.gates]\nmin_snr_db = 8.0\n"))
    assert settings.onset.gates.min_snr_db == 8.0
    assert replace(settings, onset=Settings().onset) == Settings()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"conditionning": {}}, "Unknown setting conditionning"),
        ({"onset": {"gates": {"min_snr": 8}}}, "Unknown setting onset.gates.min_snr"),
        ({"conditioning": {"highpass_hz": "30"}}, "conditioning.highpass_hz is '30'"),
        ({"conditioning": {"highpass_order": 4.5}}, "must be a whole number"),
        ({"conditioning": 3}, "conditioning is a table"),
        ({"summary": {"heartbeat": {"band_hz": [8.0]}}}, "has 1 values, not 2"),
        ({"summary": {"heartbeat": {"band_hz": 8.0}}}, "must be a list"),
    ],
)
def test_a_mistake_is_named(data: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Settings.from_toml(data)


def test_what_moved_elsewhere_is_read_with_its_default_only() -> None:
    old = {"lift": {"twist_deg": 5.0, "twist_s": 0.2, "top_s": 0.2}}
    assert Settings.from_toml(old).lift.top_s == 0.2
    with pytest.raises(UsageError, match=r"lift\.twist_deg"):
        Settings.from_toml({"lift": {"twist_deg": 3.0}})
