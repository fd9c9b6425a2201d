"""``firingorder check-device``: a device held against the specification, clause by clause."""

from __future__ import annotations

import asyncio
import json
import textwrap
from typing import TYPE_CHECKING, Any

from firingorder import __version__
from firingorder.cli.common import on_interrupt, progress, say
from firingorder.errors import UsageError
from firingorder.firmware_bridge.conformance.plan import named_clauses
from firingorder.firmware_bridge.conformance.report import check_report, other_report
from firingorder.firmware_bridge.source import FRAME_V1
from firingorder.session.addresses import Address, parse_address
from firingorder.session.checking import Checked, CheckPlan, run_check
from firingorder.session.checking_others import look_at_other
from firingorder.session.processing import measure_processing
from firingorder.session.sources import open_link, open_source

if TYPE_CHECKING:
    import argparse

    from firingorder.firmware_bridge.conformance.check import DeviceCheck
    from firingorder.firmware_bridge.conformance.ledger import ClauseResult
    from firingorder.firmware_bridge.conformance.others import OtherCheck
    from firingorder.firmware_bridge.links.base import Link
    from firingorder.firmware_bridge.source import SourceSpec

#: Addresses behind which frame v1 is spoken.
_FRAME_V1 = ("sim", "sim-ble", "serial", "tcp", "ble")
#: A stream shorter than this shows neither rate nor batches.
_SHORTEST_S = 1.0
_MARKS = {"passed": "ok  ", "failed": "FAIL", "not_testable": "-   "}
_SHOWN_BYTES = 32
_SPECIFICATION = "docs/reference/wire_protocol.md"


def run(args: argparse.Namespace) -> int:
    """Check a device and print what came out: 0 when nothing failed, 1 when something did."""
    plan = _plan(args)
    address = _address(args.url)
    if address.scheme not in _FRAME_V1:
        return _run_other(args, address)
    link = open_link(address)
    checked = asyncio.run(_watched(link, plan))
    check = checked.check
    wanted = set(named_clauses(plan.only))
    found = check_report(
        args.url,
        __version__,
        check,
        [one for one in checked.results if one.clause.id in wanted],
        ended=checked.ended,
        processing=measure_processing(checked.traffic, link.framing, check.hello),
        about=checked.about,
    )
    return _print(found, as_json=args.json)


def _plan(args: argparse.Namespace) -> CheckPlan:
    if args.duration is not None and not args.duration >= _SHORTEST_S:
        raise UsageError(f"--duration {args.duration:g}: measure for {_SHORTEST_S:g} s or more.")
    words = [word.strip() for word in (args.only or "").split(",") if word.strip()]
    for word in words:
        if not named_clauses([word]):
            raise UsageError(
                f"--only {word}: no clause, group or section of {_SPECIFICATION} is called that."
                " Examples: selftest, command.token, 7."
            )
    return CheckPlan(args.duration, slow=args.slow, only=tuple(words))


def _address(url: str) -> Address:
    address = parse_address(url)
    if address.beside is not None:
        raise UsageError(f"{url}: check one device at a time.")
    if address.scheme == "replay":
        raise UsageError(f"{url}: a recording cannot be asked anything. Give the device itself.")
    return address


def _run_other(args: argparse.Namespace, address: Address) -> int:
    """Look at a device that follows another specification: what it is, its rate, what is lost."""
    if args.only or args.slow:
        raise UsageError(
            f"{args.url}: --only and --slow are for devices of frame v1. This one follows its"
            " maker's specification; its rate and its losses are all that is looked at."
        )
    source = open_source(address)
    link, spec = source.links[0], source.specs[0]
    check, results, ended = asyncio.run(_watched_other(link, spec, args.duration))
    found = other_report(args.url, __version__, spec.protocol, check, results, ended=ended)
    return _print(found, as_json=args.json)


async def _watched_other(
    link: Link, spec: SourceSpec, duration_s: float | None
) -> tuple[OtherCheck, tuple[ClauseResult, ...], str | None]:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def interrupt() -> None:
        loop.call_soon_threadsafe(stop.set)

    with on_interrupt(interrupt), progress(None, "measuring the stream") as bar:

        def on_turn(done_s: float, _wanted_s: float) -> None:
            bar.update(round(done_s, 1) - bar.n)

        return await look_at_other(
            link,
            spec,
            duration_s=duration_s,
            tell=say,
            on_turn=on_turn,
            stop=stop,
        )


def _print(found: dict[str, Any], *, as_json: bool) -> int:
    print(json.dumps(found, indent=1, ensure_ascii=False) if as_json else as_text(found))
    return 1 if found["summary"]["failed"] or found["ended_early"] else 0


async def _watched(link: Link, plan: CheckPlan) -> Checked:
    """Check with a bar on a terminal; Ctrl-C stops the device and judges what was seen."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def interrupt() -> None:
        loop.call_soon_threadsafe(stop.set)

    with on_interrupt(interrupt):
        bar = None

        def on_turn(check: DeviceCheck) -> None:
            nonlocal bar
            if bar is None:
                bar = progress(check.total_s, "checking")
            bar.set_description(check.step or "checking", refresh=False)
            bar.update(min(check.done_s, check.total_s) - bar.n)

        try:
            return await run_check(link, plan, on_turn=on_turn, stop=stop)
        finally:
            if bar is not None:
                bar.close()
            if stop.is_set() and bar is not None:
                say("Stopped; the device was told to stop, too.")


def as_text(found: dict[str, Any]) -> str:
    """Return a report as a table with a line for each clause, and what failed below it."""
    lines = [_heading(found), ""]
    for one in found["clauses"]:
        said = one["measured"] or one["reason"] or ""
        if one["verdict"] == "not_testable":
            said = one["reason"]
        lines.append(
            f"{_MARKS[one['verdict']]} {one['section']:<13}{one['clause']:<23}{one['what']}"
            + (f": {said}" if said else "")
        )
        for failure in one["failures"]:
            lines += _indented(f"-> {failure['words']}")
            if failure["hex"]:
                lines.append(f"{'':21}bytes {_hex(failure['hex'])}")
        if one["failed"] > len(one["failures"]):
            lines.append(f"{'':17}   {one['failed']} of {one['seen']} in all")
        if one["advice"]:
            lines += _indented(f"=> {one['advice']}")
    lines += ["", *_delay_lines(found["delay"]), _summary(found)]
    return "\n".join(lines)


def _heading(found: dict[str, Any]) -> str:
    device = found["device"]
    if found["protocol"] != FRAME_V1:
        return f"{found['address']}: a device of another maker ({found['protocol']})"
    if device is None:
        return f"{found['address']}: no HELLO came"
    kind = "simulated device" if device["simulated"] else "device"
    about = f", {device['connection']}" if device["connection"] else ""
    return (
        f"{found['address']}: {kind} {device['serial']}, vendor {device['vendor']}, model"
        f" {device['model']}, firmware {device['firmware']}{about}"
    )


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent=" " * 17, subsequent_indent=" " * 20)


def _hex(text: str) -> str:
    shown = bytes.fromhex(text)[:_SHOWN_BYTES].hex(" ")
    more = len(text) // 2 - _SHOWN_BYTES
    return f"{shown} ... and {more} more (--json has all)" if more > 0 else shown


def _delay_lines(delay: dict[str, Any] | None) -> list[str]:
    if delay is None:
        return []
    lines = [
        f"Delay, ms (median, 95 %), all within {delay['bound_ms']:.2f} (half the best round trip):",
        _delay_line("newest sample of a frame, data-ready to arrival", delay["newest_sample_ms"]),
        _delay_line("oldest sample of a frame", delay["oldest_sample_ms"]),
    ]
    if (filters_ms := delay["filters_ms"]) is not None:
        lines.append(f"  {'filters of the device, by its HELLO':<49}{filters_ms:.2f}")
    if (processing := delay["processing_ms"]) is not None:
        what = "decoding and analysis" if processing["analysed"] else "decoding"
        lines.append(_delay_line(f"{what} of a read, this computer", processing))
    return [*lines, *_indented_list("Not measured: ", delay["not_measured"]), ""]


def _delay_line(what: str, both: dict[str, float]) -> str:
    return f"  {what:<49}{both['p50']:.1f}, {both['p95']:.1f}"


def _indented_list(head: str, parts: list[str]) -> list[str]:
    text = f"  {head}{'; '.join(parts)}."
    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ")


def _summary(found: dict[str, Any]) -> str:
    count = found["summary"]
    line = (
        f"{count['passed']} passed, {count['failed']} failed, {count['not_testable']} not testable"
        + (f" (sections of {_SPECIFICATION})" if found["protocol"] == FRAME_V1 else "")
    )
    if found["ended_early"]:
        line += f"\nThe check ended early: {found['ended_early']}"
    return line
