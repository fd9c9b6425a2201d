"""How long this computer takes from a read to everything that follows from it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from firingorder.errors import FiringOrderError
from firingorder.firmware_bridge.adapters import make_receiver
from firingorder.firmware_bridge.conformance.report import Processing
from firingorder.firmware_bridge.hello import Hello, StreamKindCode
from firingorder.firmware_bridge.source import SourceSpec
from firingorder.montage import DEFAULT_EIGHT, Montage
from firingorder.samples import EmgChunk
from firingorder.session.engine import Engine
from firingorder.session.inputs import LinkNote, Rx, Tx
from firingorder.session.setup import SessionSetup
from firingorder.training.exercises import load_task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from firingorder.firmware_bridge.links.base import Framing

#: Reads with fewer samples than this say nothing of the load.
_LEAST_READS = 50


def measure_processing(
    traffic: Sequence[Rx | Tx], framing: Framing, hello: Hello | None
) -> Processing | None:
    """Process what passed once more and measure each read; None where too little passed.

    It is done afterwards: a measurement in between would delay the reads whose arrival is wanted.
    """
    if hello is None or not traffic:
        return None
    try:
        spent_ms = _time(traffic, _engine(framing, hello, traffic[0].t_ns))
        analysed = True
    except FiringOrderError:
        spent_ms = _time(traffic, _decoder(framing, traffic[0].t_ns))
        analysed = False
    if len(spent_ms) < _LEAST_READS:
        return None
    middle, high = np.percentile(spent_ms, [50, 95])
    return Processing(len(spent_ms), float(middle), float(high), analysed)


def _engine(framing: Framing, hello: Hello, t_ns: int) -> Callable[[Rx | Tx], bool]:
    """Return what a session does with an input; it tells whether samples came of it."""
    emg = hello.stream_of_kind(StreamKindCode.EMG)
    channels = min(len(DEFAULT_EIGHT), 0 if emg is None else emg.channels)
    names = tuple((f"EMG{k + 1}", DEFAULT_EIGHT[k]) for k in range(channels))
    source = SourceSpec(framing=framing)
    engine = Engine(SessionSetup(load_task("bridge"), Montage(names), sources=(source,)))
    engine.feed(LinkNote(0, "opened", t_ns, framing=framing))

    def take(item: Rx | Tx) -> bool:
        engine.feed(item)
        engine.take_display()
        return any(isinstance(one, EmgChunk) for one in engine.items)

    return take


def _decoder(framing: Framing, t_ns: int) -> Callable[[Rx | Tx], bool]:
    """Return what the decoder alone does with an input."""
    receiver = make_receiver(SourceSpec(framing=framing))
    receiver.opened(t_ns)

    def take(item: Rx | Tx) -> bool:
        if isinstance(item, Tx):
            receiver.sent(item.data, item.t_ns)
            return False
        return any(isinstance(one, EmgChunk) for one in receiver.feed(item.data, item.t_ns))

    return take


def _time(traffic: Sequence[Rx | Tx], take: Callable[[Rx | Tx], bool]) -> list[float]:
    """Return how long each read took that brought samples."""
    spent_ms: list[float] = []
    for item in traffic:
        begin_ns = time.perf_counter_ns()
        if take(item):
            spent_ms.append((time.perf_counter_ns() - begin_ns) * 1e-6)
    return spent_ms
