"""``firingorder simulate``: a virtual device on a pseudo-terminal, a TCP port or over Bluetooth."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import on_interrupt, say, write_text
from firingorder.errors import UsageError
from firingorder.montage import DEFAULT_EIGHT
from firingorder.session.sources import file_body, parse_channels
from firingorder.simulation.device import VirtualDevice
from firingorder.simulation.faults import parse_faults
from firingorder.simulation.scenarios import DEFAULT_IMU_RATE_HZ, ScenarioBody, make_body
from firingorder.simulation.server import serve
from firingorder.simulation.twins import make_line, twin_address, twin_body
from firingorder.simulation.twins.line import TwinFaults, parse_twin_faults

if TYPE_CHECKING:
    import argparse

    from firingorder.simulation.body import Body

#: What a program that is connected makes of Ctrl-C here: a belt at its end would have said so.
STOPPED = "Stopped. Who is connected takes it for a pulled cable, and waits for the device."
#: Devices of other makers have no word for their end.
GONE = "Its time is over. Who is connected takes it for a pulled cable, and waits for the device."


def run(args: argparse.Namespace) -> int:
    """Serve a virtual device until the duration is over or Ctrl-C; a file is played once."""
    twin_faults = parse_twin_faults(args.faults or "") if args.as_ else TwinFaults()
    faults = twin_faults.plan if args.as_ else parse_faults(args.faults or "")
    body = _body(args)
    if args.truth is not None:
        if not isinstance(body, ScenarioBody):
            raise UsageError("The truth of a recorded file is not known: leave --truth out.")
        truth = body.truth(faults, duration_s=args.duration)
        write_text(args.truth, json.dumps(truth, indent=1))
    device = (
        make_line(args.as_, body, seed=args.seed, faults=twin_faults)
        if args.as_
        else VirtualDevice(body, seed=args.seed, faults=faults)
    )
    stop = threading.Event()
    with on_interrupt(stop.set):
        serve(
            device,
            args.listen,
            duration_s=args.duration,
            on_ready=lambda address: print(
                twin_address(args.as_, address) if args.as_ else address, flush=True
            ),
            stop=stop,
        )
    if stop.is_set() or args.as_:
        say(STOPPED if stop.is_set() else GONE)
    return 0


def _body(args: argparse.Namespace) -> Body:
    if args.body is not None:
        body = file_body(Path(args.body), rate_hz=args.rate)
        names = ", ".join(f"EMG{k + 1} = {name}" for k, name in enumerate(body.channels))
        say(f"The body is {args.body}: {names}.")
        return body
    channels = None if args.channels is None else parse_channels(args.channels)
    if args.as_:
        if args.rate is not None:
            raise UsageError(f"A {args.as_} has a rate of its own: leave --rate out.")
        twin = twin_body(
            args.as_,
            args.scenario,
            seed=args.seed,
            channels=channels,
            repetitions=args.repetitions,
        )
        say(f"Electrodes: {', '.join(f'EMG{k + 1} {one}' for k, one in enumerate(twin.channels))}.")
        return twin
    return make_body(
        args.scenario,
        seed=args.seed,
        emg_rate_hz=args.rate or 1000.0,
        imu_rate_hz=None if args.no_imu else DEFAULT_IMU_RATE_HZ,
        channels=channels or DEFAULT_EIGHT,
        repetitions=args.repetitions,
    )
