"""What a judgement was made from: what was taken out of the samples, and which rises were known.

Kept for those who ask why (``firingorder explain``); no verdict depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.findings import UnclearReason
    from firingorder.signal.cleaning import CleanExcerpt
    from firingorder.signal.prior import PriorWeights
    from firingorder.signal.refine import OnsetResult


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """How one channel of a repetition was judged.

    Attributes
    ----------
    learnt
        Repetitions that taught its rises; 0 where the cold weights were used.
    first_event
        Probability that its burst begins in two steps: a level held before the main rise, or a
        first burst and a pause. None without a burst.
    pops
        Whether samples of an electrode pop were left out.
    motion
        Low-frequency disturbance about the search window, in units of the rest RMS.
    gates
        Reasons for which its onset is not used, in the order of method.md section 1.
    snr_db, rest_uv, level_uv
        Of its burst: plateau over rest, and the RMS of both; None without one.
    """

    learnt: int
    first_event: float | None
    pops: bool
    motion: float
    gates: tuple[UnclearReason, ...] = ()
    snr_db: float | None = None
    rest_uv: float | None = None
    level_uv: float | None = None


@dataclass(frozen=True, slots=True)
class RepetitionAccount:
    """How a repetition was judged.

    Attributes
    ----------
    margin_ms
        The equivalence margin; a session may change it.
    beats
        Heart beats whose mean leakage was subtracted, in the judged samples and those before.
    beats_masked
        Whether beats stood out all the same, so that their samples said nothing.
    corner_hz
        What the corner of the high-pass was raised to against motion, for all channels; None where
        it was the usual one.
    filled
        Whether an empty upper band was filled with noise.
    rate_too_low
        Whether the stream is too slow for any order.
    """

    margin_ms: float
    beats: int
    beats_masked: bool
    corner_hz: float | None
    filled: bool
    channels: dict[str, ChannelAccount]
    rate_too_low: bool = False


def repetition_account(
    results: Mapping[str, OnsetResult],
    cleaned: CleanExcerpt,
    priors: Mapping[str, PriorWeights | None],
    *,
    margin_ms: float,
    usual_hz: float,
    rate_too_low: bool = False,
) -> RepetitionAccount:
    """Return the account of a repetition.

    Parameters
    ----------
    results, priors
        By channel, in the order of the columns of ``cleaned``.
    usual_hz
        Corner of the high-pass without motion.
    """
    channels: dict[str, ChannelAccount] = {}
    for k, (name, prior) in enumerate(priors.items()):
        one = results[name]
        posterior = one.posterior
        channels[name] = ChannelAccount(
            learnt=0 if prior is None else prior.repetitions,
            first_event=None if posterior is None else posterior.first_event,
            pops=bool(np.any(cleaned.pops[:, k])),
            motion=float(cleaned.motion[k]),
            gates=one.gates,
            snr_db=one.snr_db,
            rest_uv=one.rest_rms_uv,
            level_uv=one.level_uv,
        )
    return RepetitionAccount(
        margin_ms=margin_ms,
        beats=cleaned.beats,
        beats_masked=bool(np.any(cleaned.ignored & ~cleaned.pops)),
        corner_hz=None if cleaned.corner_hz == usual_hz else cleaned.corner_hz,
        filled=cleaned.filled,
        channels=channels,
        rate_too_low=rate_too_low,
    )
