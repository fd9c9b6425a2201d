"""Faults on request: what goes wrong with the link and the device, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from firingorder.errors import UsageError

EXAMPLE = "drop=0.01,flip=1e-5,dup=0.001,stall=2@30,unplug=3@40,reboot@20,ppm=40"
#: Beyond this a crystal is broken, and the clock model's own limit for an unknown rate.
LARGEST_PPM = 5000.0


@dataclass(frozen=True, slots=True)
class Outage:
    """Seconds without something, ``at_s`` after the body starts; infinite is for good."""

    duration_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What shall go wrong.

    Attributes
    ----------
    drop
        Share of the frames from the device that never arrive.
    flip
        Bit error rate of the bytes from the device.
    duplicate
        Share of the frames from the device that arrive twice.
    stalls
        Nothing moves on the link, in either direction; it all comes afterwards.
    unplugs
        The link is gone. The device goes on.
    reboots_s
        Watchdog resets of the device, seconds after the body starts.
    ppm
        The device's clock is faster than the host's by this much.
    """

    drop: float = 0.0
    flip: float = 0.0
    duplicate: float = 0.0
    stalls: tuple[Outage, ...] = ()
    unplugs: tuple[Outage, ...] = ()
    reboots_s: tuple[float, ...] = ()
    ppm: float = 0.0

    def to_truth(self) -> list[dict[str, Any]]:
        """Return the faults as the list of a truth file, in order of time."""
        out: list[dict[str, Any]] = [
            {"kind": kind, "at_s": 0.0, "rate": rate}
            for kind, rate in (("drop", self.drop), ("flip", self.flip), ("dup", self.duplicate))
            if rate
        ]
        if self.ppm:
            out.append({"kind": "ppm", "at_s": 0.0, "ppm": self.ppm})
        timed: list[dict[str, Any]] = [{"kind": "reboot", "at_s": at_s} for at_s in self.reboots_s]
        for kind, outages in (("stall", self.stalls), ("unplug", self.unplugs)):
            for o in outages:
                # JSON has no infinity: null is for good.
                lasts_s = o.duration_s if math.isfinite(o.duration_s) else None
                timed.append({"kind": kind, "at_s": o.at_s, "duration_s": lasts_s})
        return out + sorted(timed, key=lambda fault: fault["at_s"])


def parse_faults(text: str) -> FaultPlan:
    """Read ``drop=0.01,flip=1e-5,dup=0.001,stall=2@30,unplug=3@40,reboot@20,ppm=40``.

    ``stall`` and ``unplug`` are seconds ``@`` seconds after the body starts and may come more than
    once; ``unplug=inf@30`` is for good.

    Raises
    ------
    UsageError
        With the word that was not understood.
    """
    rates = {"drop": 0.0, "flip": 0.0, "dup": 0.0}
    stalls: list[Outage] = []
    unplugs: list[Outage] = []
    reboots: list[float] = []
    ppm = 0.0
    for word in (w.strip() for w in text.split(",") if w.strip()):
        kind, _, value = word.partition("=")
        if kind in rates and value:
            rates[kind] = _number(word, value, 0.0, 1.0)
        elif kind == "stall":
            stalls.append(_outage(word, value))
        elif kind == "unplug":
            unplugs.append(_outage(word, value))
        elif kind.startswith("reboot@") and not value:
            reboots.append(_number(word, kind.removeprefix("reboot@"), 0.0, math.inf))
        elif kind == "ppm" and value:
            ppm = _number(word, value, -LARGEST_PPM, LARGEST_PPM)
        else:
            raise UsageError(f"Fault {word!r} is not understood. Example: {EXAMPLE}")
    if math.inf in reboots or any(math.isinf(s.duration_s) for s in stalls):
        raise UsageError(f"Only unplug may be for ever (faults {text!r}).")
    return FaultPlan(
        rates["drop"],
        rates["flip"],
        rates["dup"],
        tuple(sorted(stalls, key=lambda o: o.at_s)),
        tuple(sorted(unplugs, key=lambda o: o.at_s)),
        tuple(sorted(reboots)),
        ppm,
    )


def _outage(word: str, value: str) -> Outage:
    duration, at, when = value.partition("@")
    if not at:
        raise UsageError(f"Fault {word!r} needs a time: seconds@seconds, e.g. stall=2@30.")
    at_s = _number(word, when, 0.0, math.inf)
    if math.isinf(at_s):
        raise UsageError(f"Fault {word!r} never happens; give a finite time after the @.")
    return Outage(_number(word, duration, 0.0, math.inf), at_s)


def _number(word: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:  # also refuses NaN
        raise UsageError(f"Fault {word!r}: {text!r} is not a number in {low:g} to {high:g}.")
    return value
