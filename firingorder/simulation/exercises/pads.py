"""Electrodes that are not what they should be, for every channel of a body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firingorder.simulation.contaminants import Contaminants, LoosePad
from firingorder.simulation.noise import generator
from firingorder.simulation.person import ALL_EIGHT

if TYPE_CHECKING:
    from firingorder.samples import FloatArray
    from firingorder.simulation.exercises.options import Pads
    from firingorder.simulation.person import Person
    from firingorder.simulation.synth import Muscle

#: Mains on one pad, in units of its rest: some hundred microvolts, as a poor contact picks up.
HUM_OF_REST = 45.0
#: Gain of a neighbour that is far too near.
CROSSTALK = 0.40
#: An input whose range is far too small, about the offset of its channel.
CLIPPED_UV = 60.0
#: What a converter gives without a body: a constant and a little noise.
DEAD_UV = 0.15
#: A loose pad is off for these seconds, again and again.
LOOSE_AT_S = (9.0, 14.0)
LOOSE_FOR_S = (12.0, 25.0)
LOOSE_TIMES = 40
#: A pad on the wrong muscle: these two have changed places on both sides.
EXCHANGED = ("hamstring", "erector_spinae")


@dataclass(frozen=True, slots=True)
class PadFault:
    """What is wrong with the electrodes, and with which channel."""

    pads: Pads
    channel: str
    others: tuple[str, ...] = ()

    def to_truth(self) -> dict[str, Any]:
        """Return it as an entry of the faults."""
        return {
            "kind": f"pads_{self.pads}", "at_s": 0.0, "channel": self.channel,
            "with": list(self.others),
        }  # fmt: skip


def draw_fault(pads: Pads, channels: tuple[str, ...], seed: int) -> PadFault | None:
    """Return the fault, None where the pads are good or the person is what differs."""
    if pads in ("good", "weak", "moving"):
        return None
    rng = generator(seed, "pads")
    channel = channels[int(rng.integers(len(channels)))]
    if pads == "swapped":
        left = [name for name in channels if name.endswith("_left")]
        pairs = [n for n in left if n.replace("_left", "_right") in channels]
        channel = pairs[0] if pairs else channel
        return PadFault(pads, channel, (channel.replace("_left", "_right"),) if pairs else ())
    if pads == "wrong":
        moved = tuple(n for n in channels if n.rsplit("_", 1)[0] in EXCHANGED)
        return PadFault(pads, moved[0] if moved else channel, moved[1:])
    if pads == "crosstalk":
        near = [n for n in channels if n.startswith("gluteus_medius")]
        return PadFault(pads, near[0] if near else channel)
    return PadFault(pads, channel)


def sources(fault: PadFault | None, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the muscle under the pads of every channel."""
    if fault is None or fault.pads not in ("swapped", "wrong"):
        return channels
    there = dict(zip(channels, channels, strict=True))
    if fault.pads == "swapped" and fault.others:
        there[fault.channel], there[fault.others[0]] = fault.others[0], fault.channel
    if fault.pads == "wrong":
        for name in (fault.channel, *fault.others):
            muscle, side = name.rsplit("_", 1)
            if muscle in EXCHANGED:
                there[name] = f"{EXCHANGED[1 - EXCHANGED.index(muscle)]}_{side}"
    return tuple(there[name] for name in channels)


def make_contaminants(
    fault: PadFault | None, person: Person, names: tuple[str, ...], seed: int
) -> Contaminants:
    """Return what the pads of these muscles catch."""
    levels = [person.contaminants[ALL_EIGHT.index(name)] for name in names]
    loose: tuple[LoosePad, ...] = ()
    if fault is not None and fault.channel in names:
        column = names.index(fault.channel)
        if fault.pads == "hum":
            levels[column] = replace(levels[column], hum=HUM_OF_REST)
        if fault.pads == "loose":
            loose = _loose(fault.channel, seed)
    return Contaminants(names, tuple(levels), seed, loose=loose)


def muscles(fault: PadFault | None, person: Person, names: tuple[str, ...]) -> tuple[Muscle, ...]:
    """Return the muscles under the pads, with what reaches them from their neighbours."""
    out = [person.muscles[ALL_EIGHT.index(name)] for name in names]
    if fault is not None and fault.pads == "crosstalk" and fault.channel in names:
        column = names.index(fault.channel)
        near = out[column].crosstalk
        out[column] = replace(out[column], crosstalk=tuple((name, CROSSTALK) for name, _ in near))
    return tuple(out)


def spoil(
    fault: PadFault | None,
    channels: tuple[str, ...],
    emg_uv: FloatArray,
    offset_uv: float,
    k0: int,
) -> None:
    """Spoil the channel of a dead or clipped input, in place."""
    if fault is None or fault.pads not in ("dead", "clipped"):
        return
    column = channels.index(fault.channel)
    if fault.pads == "clipped":
        low, high = offset_uv - CLIPPED_UV, offset_uv + CLIPPED_UV
        np.clip(emg_uv[:, column], low, high, out=emg_uv[:, column])
        return
    k: FloatArray = k0 + np.arange(emg_uv.shape[0], dtype=np.float64)
    # A pattern of the index alone: what is read in pieces is the same.
    emg_uv[:, column] = offset_uv + DEAD_UV * np.sin(2.399963 * k * k)


def _loose(channel: str, seed: int) -> tuple[LoosePad, ...]:
    rng = generator(seed, "loose pads")
    out: list[LoosePad] = []
    t_s = rng.uniform(*LOOSE_AT_S)
    for _ in range(LOOSE_TIMES):
        end_s = t_s + rng.uniform(*LOOSE_FOR_S)
        out.append(LoosePad(channel, t_s, end_s))
        t_s = end_s + rng.uniform(*LOOSE_AT_S)
    return tuple(out)
