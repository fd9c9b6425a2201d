"""Numbers of the live detector and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firingorder.signal.edge import EdgeParams
from firingorder.signal.ladder import LadderParams
from firingorder.signal.live_rest import LiveRestParams
from firingorder.signal.nuisance import NuisanceParams
from firingorder.signal.rises import RiseParams

if TYPE_CHECKING:
    from firingorder.signal.posterior import OnsetPosterior


def _live_edge() -> EdgeParams:
    scale = (0.5, 0.7, 1.0, 1.3)
    # Slower rises are not told from these before the plateau is there.
    rise = RiseParams(
        rise_s=(0.012, 0.025, 0.040, 0.060, 0.085, 0.120, 0.165, 0.220, 0.300, 0.400),
        rise_weight=(0.15, 0.25, 0.4, 0.6, 0.9, 1.2, 1.4, 1.3, 0.8, 0.3),
        plateau_scale=scale,
        plateau_weight=(1.0,) * len(scale),
        ramps=("linear", "cosine"),
        ramp_weight=(1.0, 0.3),
        slow_smooth=1.0,
        foot=0.07,
        foot_max_s=0.011,
        smooth_foot=1.0,
        gamma_cold=2.5,
        gamma_ramp=0.0,
        gamma_ramp_warm=0.0,
    )
    return EdgeParams(ladder=LadderParams(ratio=1.6), rise=rise, early_s=0.0)


@dataclass(frozen=True, slots=True)
class LiveParams:
    """Numbers of method.md section 2, steps 12 and 13, unless another source is given."""

    threshold: float = 12.0
    """h: few false alarms on clean rest; ``tests/signal/test_live.py`` counts them."""
    ceiling: float = 15.0
    """S is held there (a quarter above h), so that a long burst does not keep the channel from
    re-arming: the lowest level falls by 0.1 per sample of rest."""
    rearm_s: float = 0.300
    min_share: float = 0.02
    top_share: float = 3.0
    levels: int = 12
    cold_first: float = 1.0
    """Lowest level in units of rest power, 3 dB above rest: lower ones take longer than a
    repetition to rise or fall, and found no burst of 6 dB or more sooner (simulated)."""
    cold_top: float = 3000.0
    """Highest such level, 35 dB above rest: stronger bursts are found by it within a sample."""
    backdate_s: float = 0.400
    before_s: float = 0.500
    """Rest before that, whose changes of level are followed when dating back."""
    first_look_s: float = 0.050
    final_look_s: float = 0.200
    confirm: float = 6.0
    """Evidence, gathered anew from the frame after the alarm to the first look, that an alarm
    needs to be told. Bursts of 6 dB bring 20, noise that raised an alarm brings less than 0; half
    of it is what two independent halves of the threshold are (simulated, tuning seeds)."""
    doubt: float = 0.3
    """Probability of an artefact from which the evidence is gathered anew: a third of all alarms
    at rest with electrodes that pop; 0.8 changes no count (simulated)."""
    frame_s: float = 0.020
    """Fixed block of all recursions, that of the conditioning (``ConditioningParams.block_s``)."""
    step_s: float = 0.010
    """Time within which tone and artefacts are taken as constant; 5 ms changes no count."""
    renew_s: float = 0.100
    """Time between two updates of what was learnt about tone and artefacts: what an alarm takes
    back are the latest one to two of it, more than the delay of an alarm."""
    quiet: float = 6.0
    """Below this S a channel is in its usual rest: half the threshold. It arms again after 300 ms
    of it; with the threshold itself, bursts of 8 dB that wax and wane are told twice as often."""
    high_pass_hz: float = 30.0
    """Corner of the conditioning (step 1), which shapes artefacts and activity alike."""
    keep_over_gap_s: float = 0.020
    """method.md section 6: the CUSUM keeps its value over shorter gaps, else starts at zero."""
    plateau_headroom: float = 2.0
    """Measured power over known plateau power beyond which the measured one is used: past the
    largest plateau scale (1.3 squared)."""
    emg_low_hz: float = 55.0
    emg_high_hz: float = 110.0
    """Spectrum of activity before any was seen: f_l and f_h of the Gaussian model, midway between
    muscles (method.md section 3)."""
    edge: EdgeParams = field(default_factory=_live_edge)
    rest: LiveRestParams = field(default_factory=LiveRestParams)
    nuisance: NuisanceParams = field(default_factory=NuisanceParams)


@dataclass(frozen=True, slots=True)
class LiveOnset:
    """An onset seen live.

    ``final`` is false for the first look (50 ms after the alarm) and true for the second (200 ms).
    While nothing since the alarm has reached 2 % of the known plateau's power, the first look is
    put off to the second (slow rise at high SNR); if nothing has by then, there is no onset.
    ``decided_at_s`` is the time of the newest sample used.
    """

    channel: int
    onset_s: float
    low_s: float
    high_s: float
    alarm_s: float
    decided_at_s: float
    final: bool
    posterior: OnsetPosterior
