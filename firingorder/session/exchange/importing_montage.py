"""A montage while a person makes it: which label is which muscle, what is left out, which axes.

Pure: every change gives a new draft. A window shows ``choices``, ``said`` and ``problems``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from firingorder.errors import MontageError
from firingorder.montage import NAMES, ImuLabels, Montage, parse_montage

if TYPE_CHECKING:
    from firingorder.session.exchange.importing_preview import Preview

#: What a label may be said to be, beside a muscle.
IGNORED, UNSAID = "ignore", ""
HAM_SITES = ("lateral", "medial", "unknown")
_ACC = re.compile(r"acc", re.IGNORECASE)
_GYR = re.compile(r"gyr", re.IGNORECASE)
_AXIS = re.compile(r"[xyz]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MontageDraft:
    """What was said so far.

    Attributes
    ----------
    streams
        The labels of the file, those of one rate together.
    said
        A muscle, ``ignore`` or nothing for each label that was spoken of.
    imu
        The six axes of the pelvis sensor; None without.
    ham_site
        Where the electrodes of the hamstring are.
    """

    streams: tuple[tuple[str, ...], ...]
    said: tuple[tuple[str, str], ...] = ()
    imu: ImuLabels | None = None
    ham_site: str = "unknown"

    @classmethod
    def of(cls, preview: Preview) -> MontageDraft:
        """Begin with what the labels of a file say."""
        streams = tuple(tuple(one.label for one in s.signals) for s in preview.streams)
        montage = preview.montage
        return cls(streams, () if montage is None else montage.channels)

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels of the file."""
        return tuple(label for stream in self.streams for label in stream)

    def is_(self, label: str) -> str:
        """Return what a label is said to be."""
        return dict(self.said).get(label, UNSAID)

    def choices(self, label: str) -> tuple[str, ...]:
        """Return what a label may be: muscles that are free, itself, nothing, or left out."""
        taken = {name for other, name in self.said if other != label}
        return (UNSAID, IGNORED, *(name for name in NAMES if name not in taken))

    def saying(self, label: str, name: str) -> MontageDraft:
        """Return a draft in which a label is a muscle, ``ignore``, or nothing.

        Raises
        ------
        MontageError
            There is no such label or muscle.
        """
        if label not in self.labels:
            raise MontageError(f"The file has no signal {label!r}.")
        if name not in (*NAMES, IGNORED, UNSAID):
            raise MontageError(f"{name!r} is no muscle. Known names: {', '.join(NAMES)}.")
        others = tuple(pair for pair in self.said if pair[0] != label)
        added = ((label, name),) if name else ()
        order = {one: k for k, one in enumerate(self.labels)}
        pairs = sorted((*others, *added), key=lambda pair: order[pair[0]])
        return replace(self, said=tuple(pairs))

    def imu_choices(self) -> tuple[ImuLabels, ...]:
        """Return the motion sensors of the file whose six axes are called x, y and z.

        Whether one of them sits on the pelvis no label says: a person does.
        """
        found: list[ImuLabels] = []
        for stream in self.streams:
            acc, gyr = _triples(stream, _ACC), _triples(stream, _GYR)
            for key in acc:
                if key in gyr:
                    found.append(ImuLabels(acc[key], gyr[key]))
        return tuple(found)

    def with_imu(self, imu: ImuLabels | None) -> MontageDraft:
        """Return a draft with these axes as the pelvis sensor."""
        return replace(self, imu=imu)

    def with_ham_site(self, site: str) -> MontageDraft:
        """Return a draft in which the hamstring electrodes are lateral, medial or unknown."""
        return replace(self, ham_site=site)

    def problems(self) -> tuple[str, ...]:
        """Return what stands against this montage, in sentences; nothing when it can be used."""
        out: list[str] = []
        muscles = [(label, name) for label, name in self.said if name != IGNORED]
        if not muscles:
            out.append("No signal is a muscle yet.")
        names = [name for _, name in muscles]
        for name in sorted({one for one in names if names.count(one) > 1}):
            labels = ", ".join(label for label, said in muscles if said == name)
            out.append(f"{labels}: only one of them can be {name}.")
        spread = [s for s in self.streams if any(label in s for label, _ in muscles)]
        if len(spread) > 1:
            out.append("The muscles lie in streams of different rates: take them of one.")
        if self.imu is not None:
            axes = (*self.imu.acc, *self.imu.gyr)
            if len(set(axes)) != len(axes):
                out.append("An axis of the pelvis sensor stands twice.")
            if not any(all(axis in stream for axis in axes) for stream in self.streams):
                out.append("The axes of the pelvis sensor are not in one stream of the file.")
            both = [axis for axis in axes if axis in dict(muscles)]
            if both:
                out.append(f"{', '.join(both)} cannot be a muscle and an axis of the sensor.")
        if self.ham_site not in HAM_SITES:
            out.append(f"The hamstring electrodes are {', '.join(HAM_SITES)}.")
        return tuple(out)

    def montage(self) -> Montage:
        """Return the montage.

        Raises
        ------
        MontageError
            Something stands against it; the first problem is the message.
        """
        problems = self.problems()
        if problems:
            raise MontageError(problems[0])
        return parse_montage(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the draft as the JSON of ``firingorder.montage/1``."""
        muscles = tuple(pair for pair in self.said if pair[1] != IGNORED)
        ignored = tuple(label for label, name in self.said if name == IGNORED)
        return Montage(muscles, self.ham_site, self.imu, ignored).to_dict()


def _triples(labels: tuple[str, ...], kind: re.Pattern[str]) -> dict[str, tuple[str, str, str]]:
    """Return the labels of x, y and z by what they have in common, where there is one of each."""
    by_rest: dict[str, dict[str, list[str]]] = {}
    for label in labels:
        if not kind.search(label):
            continue
        tail = kind.sub("", label, count=1)
        places = [match for match in _AXIS.finditer(tail) if _alone(tail, match.start())]
        if len(places) != 1:
            continue
        at = places[0].start()
        rest = (tail[:at] + tail[at + 1 :]).lower()
        by_rest.setdefault(rest, {}).setdefault(tail[at].lower(), []).append(label)
    return {
        rest: (axes["x"][0], axes["y"][0], axes["z"][0])
        for rest, axes in by_rest.items()
        if set(axes) == {"x", "y", "z"} and all(len(one) == 1 for one in axes.values())
    }


def _alone(text: str, at: int) -> bool:
    """Tell whether a letter stands by itself, no part of a word."""
    before = at == 0 or not text[at - 1].isalpha()
    return before and (at + 1 == len(text) or not text[at + 1].isalpha())
