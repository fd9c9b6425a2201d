"""Reads the time-stamped annotation lists (TAL) of EDF+ and BDF+ records."""

from __future__ import annotations

from dataclasses import dataclass

_ENDS_ONSET, _ENDS_DURATION = b"\x14", b"\x15"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text at an instant of the file's own time, with a duration of 0 where none is given."""

    onset_s: float
    duration_s: float
    text: str


def parse_annotations(raw: bytes) -> tuple[float | None, list[Annotation]]:
    """Return the onset of the record and its annotations.

    A list is ``+onset[0x15 duration] 0x14 text 0x14 ... 0x00``; the first one of a record has an
    empty text and gives the record's onset (EDF+ specification, 2.2.2 to 2.2.4). Lists that cannot
    be read are passed over.
    """
    onset_of_record_s: float | None = None
    annotations: list[Annotation] = []
    for number, part in enumerate(tal for tal in raw.split(b"\x00") if tal):
        times, *texts = part.split(_ENDS_ONSET)
        onset, _, duration = times.partition(_ENDS_DURATION)
        onset_s, duration_s = _seconds(onset), _seconds(duration) if duration else 0.0
        if onset_s is None or duration_s is None:
            continue
        if number == 0 and texts and not texts[0]:
            onset_of_record_s = onset_s
        for text in texts:
            if text:
                words = text.decode("utf-8", errors="replace").strip()
                annotations.append(Annotation(onset_s, max(0.0, duration_s), words))
    return onset_of_record_s, annotations


def _seconds(text: bytes) -> float | None:
    try:
        value = float(text.decode("ascii"))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None  # NaN and infinity are no times either
