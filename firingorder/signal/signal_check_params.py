"""Limits of the live signal check: when a light leaves green, and when it comes back.

All are proposals unless a source is named; the tests of the signal check hold them against planted
causes. Microvolt limits are used for calibrated streams only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from firingorder.signal.artefacts import ArtefactParams
from firingorder.signal.beats import BeatParams
from firingorder.signal.crosstalk import CrosstalkParams
from firingorder.signal.quality import QualityParams


@dataclass(frozen=True, slots=True)
class SignalCheckParams:
    """The lights of the channels.

    Limits are kept to 80 % while their light is on, so that a value at its limit does not flutter.
    """

    quality: QualityParams = field(default_factory=QualityParams)
    """``mains_uv``, ``noise_uv`` and ``flat_uv`` are those of the quality of channels."""
    artefacts: ArtefactParams = field(default_factory=ArtefactParams)
    beats: BeatParams = field(default_factory=BeatParams)
    crosstalk: CrosstalkParams = field(default_factory=CrosstalkParams)
    confirm_looks: int = 2
    """A light changes when seen this often in a row; lead-off and saturation at once."""
    hysteresis: float = 0.8
    first_looks: int = 3
    """Until so many whole looks were seen, the lights are unknown."""
    recent_looks: int = 10
    """Things that come and go (motion, pops, contact that flickers) are counted over these."""
    rest_quantile: float = 0.2
    """Rest is the quietest fifth of the pieces of the latest looks, as in the removal of hum."""
    rest_looks: int = 8
    active_ratio: float = 10.0
    """Power over that of the rest from which a muscle is active: 10 dB, as in spectrum.py."""

    missing_share: float = 0.02
    """One packet of 20 ms in a second is lost: the person may come nearer."""
    lost_share: float = 0.5
    railed_share: float = 0.5
    """At the limit for this part of a second: an offset of the electrode, not a strong muscle."""

    mains_over_rest: float = 2.0
    """Mains over the RMS of the rest that matters where there are no microvolts: 5 uV over the
    median 2.4 uV of simulated rests."""
    most_mains_over_rest: float = 10.0
    """Removal of hum was tried with 0.5 to 10 times the rest (hum_combs.py)."""
    mains_jump: float = 4.0
    """Mains over that of the other channels, or over the own one before: this pad, not the room."""
    many_share: float = 0.5
    """So many channels with the same cause: it is not this pad."""
    own_looks: int = 60
    noise_bad_ratio: float = 2.0
    noise_over_others: float = 6.0
    """In arbitrary units: over the median rest of the other channels; 15 uV over simulated 2.4."""
    white_share: float = 0.8
    """Middle frequency over that of white noise from which a loud rest is no muscle; below 900 Hz
    the two cannot be told (real muscles reach 195 Hz, spectrum.py)."""
    white_from_hz: float = 900.0
    quiet_memory_looks: int = 90
    """A channel that was quiet so recently, and is loud with the spectrum of muscle, works."""

    drift_uv: float = 100.0
    """RMS of 1 to 4 Hz. Simulated wander of good pads stays below 20 uV."""
    drift_over_rest: float = 40.0
    drift_looks: tuple[int, int] = (3, 5)
    """Drift in so many of so many looks: a movement is over sooner."""
    pops: int = 2
    """Pops in the recent looks."""
    contact_changes: int = 3
    """Changes of the device's own lead-off report in the recent looks."""
    impedance_ohm: float = 200e3
    """Above it pads want wetting. Inputs of more than 100 MOhm would bear more, hum would not."""

    flat_density_ratio: float = 3.0
    """Density of 1 to 4 Hz over that of the body of the spectrum. Amplifier noise is white (1);
    skin drifts (simulated good pads: 30 and more)."""
    high_passed_ratio: float = 0.3
    """Below it the device takes the drift out itself, and nothing can be learnt from it."""
    flat_most_uv: float = 5.0
    """Front ends have 1 to 2 uV; a white rest above is contact noise."""
    flat_below_uv: float = 0.5
    """Where the drift is taken out, or the channel was as white while a muscle was seen in it:
    skin contacts reach 1 uV at best (quality.py). Nothing is held against a quieter rest."""
    rest_over_others: float = 2.0
    """In arbitrary units: the same, over the median rest of the other channels."""
    flat_looks: int = 8

    motion_share: float = 0.05
    """Part of a look in which the band below the onsets is louder than ``artefacts.from_level``."""
    motion_looks: tuple[int, int] = (2, 20)
    """Looks with motion of so many: two slow repetitions."""
    beats_over_motion: float = 1.6
    """What is below this multiple of the heart's own peak is the heart."""
    ecg_over_rest: float = 4.0
    """Peak of the mean beat in the band of 4 to 25 Hz over the rest."""
    most_ecg_over_rest: float = 12.0
    """Beats of 1 to 12 times the rest were tried (beats.py)."""
    beat_looks: int = 12
    beat_every: int = 5
    beats_hold_looks: int = 30
    """Bursts hide beats for a while; the heart is still there."""
    least_correlation: float = 0.4
    """Of two channels at any lag within ``crosstalk.lag_s``, before the costly question is asked.
    A copy that explains 0.6 of the power reaches 0.77; own muscles 0.2 (a second of 100 Hz)."""
    copies: int = 3
    """Looks with a copy among the latest ten in which the channel was active."""
    copied_share: float = 0.5
    """The share of active looks from which the channel does not serve (summary.py)."""
    swap_looks: int = 2
    """Looks in which the other side answers when one is asked, in two requests."""


@dataclass(frozen=True, slots=True)
class SensorCheckParams:
    """The light of the pelvis sensor."""

    confirm_looks: int = 2
    recent_looks: int = 10
    absent_s: float = 3.0
    """As long as the pipeline waits before it finds repetitions in the EMG alone."""
    rate_share: float = 0.02
    """Deviation of samples per second of device time; crystals are a hundred times better."""
    missing_share: float = 0.05
    still_gyr_deg_s: float = 1.0
    still_acc_m_s2: float = 0.3
    """Deviations from their means within which a second is still, as in orientation.py."""
    bias_warn_deg_s: float = 3.0
    bias_bad_deg_s: float = 6.0
    """Consumer parts stay within 3 deg/s per axis; 6 is the most that is believed
    (orientation.py)."""
    turned_deg: float = 45.0
    upside_down_deg: float = 120.0
    """Between gravity and where it should be. A mounting of 45 degrees off is no inaccuracy."""
    run: int = 3
    """Equal readings in a row at a limit."""
    limit_acc_m_s2: float = 34.0
    limit_gyr_deg_s: float = 240.0
    """The smallest ranges on offer are 4 g and 250 deg/s."""
    rattle_m_s2: float = 1.5
    """RMS of second differences over sqrt(6), the noise they have if white: noise of the part is
    0.02, a pelvis bends the curve of its acceleration by less than 0.1 in 10 ms."""
    rattles: int = 3
    """Looks with rattling among the recent ones: one knock is none."""
