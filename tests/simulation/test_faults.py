"""Faults are read exactly, and nonsense is refused."""

from __future__ import annotations

import json
import math

import pytest

from firingorder.errors import UsageError
from firingorder.simulation.faults import FaultPlan, Outage, parse_faults


def test_the_documented_example_is_read() -> None:
    plan = parse_faults("drop=0.01,flip=1e-5,stall=2@30,reboot@20,unplug=3@40,dup=0.001,ppm=40")
    assert plan == FaultPlan(
        drop=0.01,
        flip=1e-5,
        duplicate=0.001,
        stalls=(Outage(2.0, 30.0),),
        unplugs=(Outage(3.0, 40.0),),
        reboots_s=(20.0,),
        ppm=40.0,
    )
    assert parse_faults("") == FaultPlan()


def test_timed_faults_may_come_more_than_once_and_are_ordered() -> None:
    plan = parse_faults("unplug=inf@50, unplug=1@5,reboot@9,reboot@3")
    assert plan.unplugs == (Outage(1.0, 5.0), Outage(math.inf, 50.0))
    assert plan.reboots_s == (3.0, 9.0)


def test_truth_lists_them_in_time_and_is_json() -> None:
    plan = parse_faults("unplug=inf@50,reboot@20,stall=2@30,drop=0.01,ppm=-35")
    truth = plan.to_truth()
    json.dumps(truth, allow_nan=False)
    assert [f["kind"] for f in truth] == ["drop", "ppm", "reboot", "stall", "unplug"]
    assert truth[-1] == {"kind": "unplug", "at_s": 50.0, "duration_s": None}


@pytest.mark.parametrize(
    "text",
    [
        "drop", "drop=", "drop=2", "drop=-0.1", "drop=nan", "flip=x", "stall=2", "stall=2@",
        "stall=inf@3", "stall=2@inf", "unplug=1@-3", "reboot", "reboot=3", "reboot@x",
        "reboot@inf", "ppm=9000", "quake=1", "drop=0.1;flip=0.1", "unplug=nan@3",
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_named(text: str) -> None:
    with pytest.raises(UsageError):
        parse_faults(f"dup=0.5,{text}")
