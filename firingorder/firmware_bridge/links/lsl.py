"""A stream of Lab Streaming Layer as a link: found by name, described once, then arrays.

What the reads are is described in :mod:`firingorder.firmware_bridge.adapters.array_record`.
Nothing is ever sent to a stream. The library's own recovery of lost streams is not used: it would
hide how long the sender was away.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firingorder.errors import LinkError, UsageError
from firingorder.firmware_bridge.adapters.array_record import ArrayRecord, describe, pack_array
from firingorder.firmware_bridge.adapters.lsl import read_description
from firingorder.firmware_bridge.links.library_link import LibraryLink, LibraryPort
from firingorder.firmware_bridge.links.lsl_library import load_pylsl
from firingorder.montage import muscle_of_label

if TYPE_CHECKING:
    from collections.abc import Callable


AUTO = "auto"
#: Every sender in reach answers within this (liblsl asks again every 0.5 s at most).
FIND_S = 1.0
#: Describing itself and the first estimate of the clock offset: 8 probes, 64 ms apart, for a
#: sender that answers (liblsl ``src/time_receiver.cpp``), and as much again for a busy network.
ANSWER_S = 2.0
#: So long samples gather before they are handed over, and so often a silent stream is looked after.
GATHER_S, LOOK_S = 0.01, 0.1
#: Seconds that the library keeps while nobody reads.
KEPT_S = 30
MOST_ROWS = 4096
_VALUES = {1: "float32", 2: "double64", 3: "string", 4: "int32", 5: "int16", 6: "int8", 7: "int64"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A stream in reach."""

    info: Any
    name: str
    source_id: str
    host: str


class LslLink(LibraryLink):
    """One stream of the lab network; it is found again when its sender comes back.

    Parameters
    ----------
    name
        Name of the stream; ``auto`` takes the only one of type EMG.
    source_id
        Tells streams of one name apart; empty takes the only one.
    clock_ns
        The clock that stamps the reads.

    Attributes
    ----------
    notices
        What is not as it should be with the open stream.

    Raises
    ------
    UsageError
        The package is missing, or no stream can have this name.
    """

    def __init__(
        self,
        name: str,
        source_id: str = "",
        *,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._pylsl = load_pylsl()
        self._name = name
        self._source_id = source_id
        self._query = _query(name, source_id)
        self._known = False
        self.notices: tuple[str, ...] = ()
        super().__init__(f"lsl:{name}", clock_ns)

    def _start(self) -> _LslPort:
        found = self._find()
        lsl = self._pylsl
        inlet = lsl.StreamInlet(
            found.info, max_buflen=KEPT_S, recover=False, processing_flags=lsl.proc_clocksync
        )
        try:
            fields = _fields(inlet.info(ANSWER_S))
            stream = read_description(fields)
            inlet.open_stream(ANSWER_S)
            inlet.time_correction(ANSWER_S)
        except (lsl.util.TimeoutError, lsl.util.LostError) as error:
            raise LinkError(
                f"{self.description}: the sender on {found.host} does not answer. Is its TCP port "
                "closed by a firewall?"
            ) from error
        self._known = True
        self._query = _query(stream.name, stream.source_id)
        self.description = f"lsl:{stream.name}"
        self.notices = _notices(self.description, stream.labels)
        return _LslPort(lsl, inlet, describe(fields), self._clock_ns)

    def _find(self) -> _Found:
        # One that is known comes back alone; the first time all of a name are waited for.
        found = self._pylsl.resolve_bypred(self._query, 1 if self._known else 2, FIND_S)
        each = {
            one.uid(): _Found(one, one.name(), one.source_id(), one.hostname()) for one in found
        }
        if not each:
            what = "no stream of type EMG" if self._name == AUTO else f"no stream {self._name}"
            raise LinkError(
                f"There is {what} on the lab network. Start its sender; it must be on the same "
                "network, and firewalls must let it through."
            )
        if len(each) > 1:
            raise LinkError(
                f"Several streams answer to {self.description}: {_choices(list(each.values()))}."
            )
        return next(iter(each.values()))


class _LslPort(LibraryPort):
    """What the reader's thread calls; all calls but ``interrupt`` come from one thread."""

    def __init__(
        self, lsl: Any, inlet: Any, description: bytes, clock_ns: Callable[[], int]
    ) -> None:
        self._lsl = lsl
        self._inlet = inlet
        super().__init__(description, clock_ns, GATHER_S)

    def _gathered(self) -> tuple[bytes, int]:
        try:
            values, stamps = self._inlet.pull_chunk(LOOK_S, MOST_ROWS, min_samples=1, as_numpy=True)
        except self._lsl.util.LostError:
            raise OSError("its sender ended or went out of reach") from None
        if not len(stamps):
            return b"", 0
        taken_ns, clock_s = self._now()
        return pack_array(ArrayRecord(values, taken_ns, stamps, clock_s)), taken_ns

    def close(self) -> None:
        """End the subscription."""
        self._inlet.close_stream()
        del self._inlet

    def _now(self) -> tuple[int, float]:
        """Return one instant on both clocks: of three tries the tightest."""
        tries: list[tuple[int, int, float]] = []
        for _ in range(3):
            before_ns = self._clock_ns()
            clock_s = float(self._lsl.local_clock())
            after_ns = self._clock_ns()
            tries.append((after_ns - before_ns, (before_ns + after_ns) // 2, clock_s))
        _, middle_ns, clock_s = min(tries)
        return middle_ns, clock_s


def _query(name: str, source_id: str) -> str:
    """Return the XPath condition for a stream."""
    parts = ["type='EMG'" if name == AUTO else f"name={_quoted(name)}"]
    if source_id:
        parts.append(f"source_id={_quoted(source_id)}")
    return " and ".join(parts)


def _quoted(text: str) -> str:
    """Return a literal of XPath 1.0, which knows no escapes."""
    for quote in ("'", '"'):
        if quote not in text:
            return f"{quote}{text}{quote}"
    raise UsageError(f"lsl: a name with both kinds of quotes cannot be looked for: {text}")


def _choices(found: list[_Found]) -> str:
    if len({one.name for one in found}) == len(found):
        names = ", ".join(f"lsl:{one.name}" for one in found)
        return f"{names}. Name one"
    if all(one.source_id for one in found) and len({one.source_id for one in found}) == len(found):
        each = ", ".join(f"{one.source_id} (on {one.host})" for one in found)
        return f"{each}. Choose one with ?source_id=..."
    return f"on {', '.join(one.host for one in found)}. End all but one"


def _fields(info: Any) -> dict[str, Any]:
    """Return the description of a stream; the name of its computer is nobody's business."""
    channels: list[dict[str, str]] = []
    node = info.desc().child("channels").child("channel")
    for _ in range(info.channel_count()):
        channels.append({key: str(node.child_value(key)) for key in ("label", "type", "unit")})
        node = node.next_sibling("channel")
    return {
        "format": 1,
        "name": info.name(),
        "type": info.type(),
        "source_id": info.source_id(),
        "rate_hz": info.nominal_srate(),
        "value": _VALUES.get(info.channel_format(), "values of an unknown type"),
        "channels": channels,
    }


def _notices(description: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Say which channels a montage by labels leaves out."""
    unknown = [label or f"channel {k + 1}" for k, label in enumerate(labels)]
    named = [muscle_of_label(label) is not None for label in labels]
    left_out = [label for label, known in zip(unknown, named, strict=True) if not known]
    if not any(named) or not left_out:
        return ()
    return (
        f"{description}: {', '.join(left_out)} names no muscle and is left out, unless a montage "
        "says which it is (--montage FILE.json, with EMG1 for the first channel).",
    )
