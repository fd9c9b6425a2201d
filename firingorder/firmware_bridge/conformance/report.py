"""The outcome of a check as one JSON object (schema ``firingorder.check-device/1``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.firmware_bridge.conformance.check import DeviceCheck
    from firingorder.firmware_bridge.conformance.clocks import Age
    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.conformance.others import OtherCheck

SCHEMA = "firingorder.check-device/1"
#: What no program on this side can see.
NOT_MEASURED = (
    "the time from the drawing of a frame to light on the display",
    "the time from a sound to the loudspeaker",
    "how long the analysis waits for evidence before it decides (decided_at_s in the event lines"
    " of record --events)",
)


@dataclass(frozen=True, slots=True)
class Processing:
    """Time from a read to everything that follows from it, ms of this computer.

    ``analysed`` is False where the device has no place in the analysis, and only the decoder ran.
    """

    reads: int
    p50_ms: float
    p95_ms: float
    analysed: bool


def check_report(
    address: str,
    version: str,
    check: DeviceCheck,
    results: Sequence[ClauseResult],
    *,
    ended: str | None,
    processing: Processing | None,
    about: str = "",
) -> dict[str, Any]:
    """Return the report of a device of frame v1.

    Parameters
    ----------
    address
        As a person typed it.
    version
        Of this program.
    check
        The finished check.
    results
        The clauses that were asked for.
    ended
        Why it ended before its time; None when it did not.
    processing
        How long a read takes in this computer.
    about
        What is known of the connection.
    """
    return {
        "schema": SCHEMA,
        "version": version,
        "address": address,
        "protocol": "frame_v1",
        "device": _device(check, about),
        "ended_early": ended,
        "summary": summary(results),
        "clauses": [_clause(one) for one in results],
        "delay": _delay(check, check.age, processing),
    }


def other_report(
    address: str,
    version: str,
    protocol: str,
    check: OtherCheck,
    results: Sequence[ClauseResult],
    *,
    ended: str | None,
) -> dict[str, Any]:
    """Return the report of another maker's device; arguments as of :func:`check_report`."""
    return {
        "schema": SCHEMA,
        "version": version,
        "address": address,
        "protocol": protocol,
        "device": None,
        "profile": None if check.profile is None else check.profile.to_dict(),
        "ended_early": ended,
        "summary": summary(results),
        "clauses": [_clause(one) for one in results],
        "delay": None,
    }


def summary(results: Sequence[ClauseResult]) -> dict[str, int]:
    """Return how many clauses had which verdict."""
    verdicts = [one.verdict for one in results]
    return {name: verdicts.count(name) for name in ("passed", "failed", "not_testable")}


def _device(check: DeviceCheck, about: str) -> dict[str, Any] | None:
    hello = check.hello
    if hello is None:
        return None
    return {
        "vendor": hello.vendor,
        "model": hello.model,
        "firmware": ".".join(str(part) for part in hello.firmware),
        "serial": hello.serial.hex(),
        "simulated": hello.simulated,
        "hello_hex": hello.build().hex(),
        "connection": about,
    }


def _clause(one: ClauseResult) -> dict[str, Any]:
    return {
        "clause": one.clause.id,
        "section": one.clause.section,
        "what": one.clause.what,
        "verdict": one.verdict,
        "measured": one.measured,
        "reason": one.reason,
        "seen": one.seen,
        "failed": one.failed,
        "failures": [{"words": each.words, "hex": each.data.hex()} for each in one.failures],
        "advice": one.clause.advice if one.verdict == "failed" else None,
    }


def _delay(
    check: DeviceCheck, age: Age | None, processing: Processing | None
) -> dict[str, Any] | None:
    if age is None:
        return None
    return {
        "frames": age.frames,
        "newest_sample_ms": _both(age.newest_p50_ms, age.newest_p95_ms),
        "oldest_sample_ms": _both(age.oldest_p50_ms, age.oldest_p95_ms),
        "bound_ms": round(age.bound_ms, 3),
        "filters_ms": check.group_delay_ms,
        "processing_ms": None
        if processing is None
        else {**_both(processing.p50_ms, processing.p95_ms), "analysed": processing.analysed},
        "not_measured": list(NOT_MEASURED),
    }


def _both(p50_ms: float, p95_ms: float) -> dict[str, float]:
    return {"p50": round(p50_ms, 3), "p95": round(p95_ms, 3)}
