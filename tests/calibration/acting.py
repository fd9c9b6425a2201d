"""A simulated person who does what the wizard says, or something else, and what is worn.

EMG is noise with the spectra of the simulation under amplitudes that follow the instructions; the
sensor turns with the hips. Nothing here is taken from the calibration: what the person does with a
step is a table of activities, and the truth is what was planted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.calibration.plan import (
    CalibrationFacts,
    PlanName,
    Step,
    WizardParams,
    make_plan,
)
from firingorder.calibration.wizard import Wizard
from firingorder.signal.conditioning import (
    ConditionedBlock,
    Conditioner,
    ConditioningParams,
    RawBlock,
    block_samples,
)
from firingorder.signal.orientation import Orientation, OrientationParams
from firingorder.signal.quality import Looker, QualityParams
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ, STANDARD_GRAVITY_M_S2
from firingorder.simulation.noise import ShapedNoise, WhiteNoise
from firingorder.simulation.noise import block_samples as noise_block
from firingorder.simulation.synth import muscle_power, noise_power

if TYPE_CHECKING:
    from collections.abc import Callable

    from firingorder.samples import FloatArray

RATE_HZ = 1000.0
IMU_HZ = 50.0
#: Blocks of 20 ms that are made together: people react in tenths of a second.
CHUNK = 5
EIGHT: tuple[str, ...] = (
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "gluteus_medius_left",
    "gluteus_medius_right",
    "hamstring_left",
    "hamstring_right",
    "erector_spinae_left",
    "erector_spinae_right",
)
FOUR: tuple[str, ...] = (EIGHT[0], EIGHT[1], EIGHT[6], EIGHT[7])
#: Share of its own full effort of each muscle, by what is done ("_left" and "_right" in the
#: request put the other side at ``HELP``).
EFFORTS = {
    "squeeze": {"gluteus_maximus": 1.0, "gluteus_medius": 0.3, "hamstring": 0.15},
    "heels": {"hamstring": 1.0, "gluteus_maximus": 0.35, "erector_spinae": 0.1},
    "lift": {"erector_spinae": 1.0, "gluteus_maximus": 0.5, "hamstring": 0.5},
    "out": {"gluteus_medius": 1.0, "gluteus_maximus": 0.3},
}
DOES = {
    "squeeze_glute": "squeeze",
    "squeeze_glutes": "squeeze",
    "bend_knee": "heels",
    "lift_back": "lift",
    "push_knee_out": "out",
    "push_knees_out": "out",
    "bridges": "lift",
}
HELP = 0.4
REACTION_S = 0.25
RISE_S = 0.2
LIFT_DEG = 22.0
Doing = tuple[dict[str, float], float]
"""What is done: effort of each muscle (by channel name), and where the hips go, degrees."""


@dataclass
class Person:
    """How somebody follows. ``efforts_uv``: RMS of full effort by channel, before any filter.

    ``act`` may answer otherwise than asked: it gets step, trial, state and what would be right.
    """

    channels: tuple[str, ...] = EIGHT
    rest_uv: float = 2.0
    full_uv: dict[str, float] = field(default_factory=dict)
    act: Callable[[str, int, str, Doing, float], Doing] | None = None
    wired: dict[str, str] = field(default_factory=dict)
    """Which muscle a channel really lies on, where that is another than its name says."""
    spoil: Callable[[float, FloatArray], None] | None = None
    """Changes ``(n, channels)`` raw microvolts of a block in place, by its time."""
    imu: bool = True
    shake: Callable[[float], FloatArray] | None = None
    """Adds ``(3,)`` m/s^2 to what the sensor feels of the interval that ends at a time."""
    imu_late_s: float = 0.0
    """By how much the times of the sensor's samples are too late."""
    tilt_noise_deg: float = 0.1
    mount_error_deg: float = 6.0
    seed: int = 1

    def full(self, name: str) -> float:
        """RMS of full effort of a muscle."""
        return self.full_uv.get(name, 60.0 if "gluteus" in name else 40.0)


def asked_for(step: Step, trial: int, state: str, say: str) -> Doing:
    """What an obedient person does now."""
    if state != "go":
        return {}, 0.0
    if step.kind == "montage":
        key = step.requests[trial - 1].key
        side = key.rpartition("_")[2]
        what = key.removesuffix("_left").removesuffix("_right")
        efforts = EFFORTS[DOES[what]]
        out: dict[str, float] = {}
        for muscle, share in efforts.items():
            for one in ("left", "right"):
                helps = side in ("left", "right") and one != side
                out[f"{muscle}_{one}"] = share * (HELP if helps else 1.0)
        return out, (8.0 if what == "lift_back" else 0.0)
    if step.kind in ("reference", "bridges"):
        efforts = EFFORTS[DOES[step.key]]
        both = {f"{m}_{s}": share for m, share in efforts.items() for s in ("left", "right")}
        if step.kind == "bridges":
            return both, (LIFT_DEG if say == "bridges.up" else 0.0)
        return both, (12.0 if step.key == "lift_back" else 0.0)
    return {}, 0.0


class Stage:
    """A person, what is worn, and a wizard, block by block of 20 ms."""

    def __init__(
        self,
        person: Person,
        params: WizardParams | None = None,
        *,
        calibrated: bool = True,
        steps: tuple[str, ...] | None = None,
        plan: PlanName = "full",
        ham_site: str = "lateral",
    ) -> None:
        self.person = person
        self.params = params or WizardParams()
        conditioning = ConditioningParams()
        self.n = block_samples(RATE_HZ, conditioning)
        self.facts = CalibrationFacts(
            channels=person.channels,
            rate_hz=RATE_HZ,
            block_n=self.n,
            calibrated=calibrated,
            imu=person.imu,
            mount_wxyz=NOMINAL_MOUNT_WXYZ,
            own_clock=person.shake is not None,
            ham_site=ham_site,
        )
        whole = make_plan(self.facts, self.params, plan)
        self.plan = tuple(one for one in whole if steps is None or one.key in steps)
        self.wizard = Wizard(self.facts, self.params, self.plan)
        count = len(person.channels)
        self.conditioner = Conditioner(conditioning, RATE_HZ, count)
        self.looker = Looker(QualityParams(), RATE_HZ, self.n)
        self.orientation = Orientation(OrientationParams(), IMU_HZ, NOMINAL_MOUNT_WXYZ)
        size = noise_block(RATE_HZ)
        self.size = size
        self.lies_on = [person.wired.get(name, name) for name in person.channels]
        self.most = np.array([person.full(name) for name in self.lies_on])
        self.made = (-1, np.zeros((0, count)), np.zeros((0, count)))
        self.muscles: list[ShapedNoise] = []
        self.skins: list[ShapedNoise] = []
        for name, muscle in zip(person.channels, self.lies_on, strict=True):
            units = WhiteNoise(person.seed, f"{muscle}/units", size)
            skin = WhiteNoise(person.seed, f"{name}/skin", size)
            self.muscles.append(ShapedNoise(units, muscle_power(60.0, 120.0), RATE_HZ))
            self.skins.append(ShapedNoise(skin, noise_power, RATE_HZ))
        rng = np.random.default_rng(person.seed)
        axis = rng.standard_normal(3)
        axis *= math.radians(person.mount_error_deg) / np.linalg.norm(axis)
        w, x, y, z = NOMINAL_MOUNT_WXYZ
        self.mount = Rotation.from_rotvec(axis) * Rotation.from_quat([x, y, z, w])
        self.into_sensor = self.mount.inv().as_matrix()
        self.bias = np.radians(rng.uniform(-1.0, 1.0, 3))
        self.imu_rng = rng
        self.k = 0
        self.imu_k = 0
        self.gain = np.zeros(count)
        self.tilt = 0.0
        self.pending: list[tuple[float, Doing]] = []
        self.doing: Doing = ({}, 0.0)
        self.move = (0.0, 0.0, 0.0)
        self.items: list[tuple[str, tuple]] = []
        self.keep_items = False
        self.silent_imu = False

    @property
    def now_s(self) -> float:
        return self.k * self.n / RATE_HZ

    def run(self, seconds: float, until: Callable[[Wizard], bool] | None = None) -> float:
        """Let time pass; return how much did."""
        begin = self.now_s
        while self.now_s - begin < seconds - 1e-9:
            self._chunk()
            if until is not None and until(self.wizard):
                break
        return self.now_s - begin

    def start(self) -> None:
        """Wait until everything has settled, and begin."""
        self.run(1.0)
        assert self.command("start")

    def contact(self, *lead_off: bool) -> None:
        """The device reports which electrodes are off."""
        self._give("contact", (np.array(lead_off),))

    def command(self, name: str) -> bool:
        if self.keep_items:
            self.items.append(("command", (name,)))
        return self.wizard.command(name)

    def finish(self, most_s: float = 400.0) -> float:
        """Begin, and go on until the wizard is done; return the seconds from the start."""
        self.start()
        begin = self.now_s
        self.run(most_s, lambda w: w.done)
        return self.now_s - begin

    def _follow(self) -> None:
        """Hear what is said, and do it after the reaction time."""
        view = self.wizard.view
        step = self.plan[view.number - 1]
        wanted: Doing = ({}, 0.0)
        if view.state != "done":
            wanted = asked_for(step, view.trial, view.state, view.voice_key)
            if self.person.act is not None:
                wanted = self.person.act(step.key, view.trial, view.state, wanted, self.now_s)
        last = self.pending[-1][1] if self.pending else self.doing
        if wanted != last:
            self.pending.append((self.now_s + REACTION_S, wanted))
        while self.pending and self.pending[0][0] <= self.now_s + 1e-9:
            self.doing = self.pending.pop(0)[1]
            begin = self.now_s
            self.move = (begin, self.tilt, self.doing[1])

    def _chunk(self) -> None:
        """A tenth of a second: what a person does now, and what is measured of it."""
        self._follow()
        raw = self._emg()
        if self.person.spoil is not None:
            self.person.spoil(self.now_s, raw)
        saturated = np.abs(np.nan_to_num(raw)) >= 3000.0
        rows = [slice(k * self.n, (k + 1) * self.n) for k in range(CHUNK)]
        first = self.k
        blocks = self.conditioner.steps(
            [RawBlock((first + k) * self.n, raw[row], saturated[row]) for k, row in enumerate(rows)]
        )
        for k, block in enumerate(blocks):
            t0_s = self.now_s
            self.k = first + k + 1
            self._give("emg", (block, t0_s))
            look = self.looker.step(block)
            if look is not None:
                self._give("look", (look, self.now_s))
        if self.person.imu and not self.silent_imu:
            self._imu(self.now_s)

    def _give(self, kind: str, values: tuple) -> None:
        if self.keep_items:
            self.items.append((kind, values))
        feed(self.wizard, kind, values)

    def _emg(self) -> FloatArray:
        efforts, n = self.doing[0], CHUNK * self.n
        goal = np.array([efforts.get(name, 0.0) * self.person.full(name) for name in self.lies_on])
        most = self.most * n / RATE_HZ / RISE_S
        end = self.gain + np.clip(goal - self.gain, -most, most)
        share = np.arange(n)[:, None] / n
        gain = self.gain + (end - self.gain) * share
        self.gain = end
        muscle, skin = self._noise(self.k * self.n, n)
        return gain * muscle + self.person.rest_uv * skin

    def _noise(self, first: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Unit noise of muscles and skins, ``(n, channels)`` each, from aligned blocks."""
        block, at = divmod(first, self.size)
        if self.made[0] != block:
            kinds = (self.muscles, self.skins)
            rows = [np.stack([one.block(b) for one in kind], axis=1)
                    for kind in kinds for b in (block, block + 1)]  # fmt: skip
            self.made = (block, np.concatenate(rows[:2]), np.concatenate(rows[2:]))
        return self.made[1][at : at + n], self.made[2][at : at + n]

    def _tilt_at(self, t_s: float) -> tuple[float, float]:
        """Tilt of the hips (negative up) and its rate, degrees, by a smooth step of two seconds."""
        begin, start, goal = self.move
        lasts = 2.0 if abs(goal - start) > 10.0 else 0.8
        u = min(max((t_s - begin) / lasts, 0.0), 1.0)
        share = u**3 * (10.0 - 15.0 * u + 6.0 * u**2)
        rate = 30.0 * u**2 * (1.0 - u) ** 2 / lasts
        return start + (goal - start) * share, (goal - start) * rate

    def _imu(self, until_s: float) -> None:
        while self.imu_k / IMU_HZ < until_s:
            t_s = self.imu_k / IMU_HZ
            tilt, rate = self._tilt_at(t_s)
            self.tilt = tilt
            breath = 2.0 * math.pi * 0.25
            breathing = self.person.tilt_noise_deg * math.sin(breath * t_s)
            breathing_rate = self.person.tilt_noise_deg * breath * math.cos(breath * t_s)
            angle = -math.radians(tilt + breathing)
            up = np.array([math.cos(angle), 0.0, math.sin(angle)])  # supine: x looks up
            omega = np.array([0.0, -math.radians(rate + breathing_rate), 0.0])
            noise = self.imu_rng.standard_normal(6)
            acc = STANDARD_GRAVITY_M_S2 * (self.into_sensor @ up) + 0.01 * noise[:3]
            gyr = self.into_sensor @ omega + self.bias + math.radians(0.05) * noise[3:]
            if self.person.shake is not None:
                acc = acc + self.into_sensor @ self.person.shake(t_s)
            found = self.orientation.step(self.imu_k, acc, gyr)
            self.imu_k += 1
            self._give("imu", (t_s + self.person.imu_late_s, acc, gyr, found))


def feed(wizard: Wizard, kind: str, values: tuple) -> None:
    """Give a wizard one item."""
    match kind:
        case "emg":
            wizard.feed_emg(*values)
        case "look":
            wizard.feed_look(*values)
        case "imu":
            wizard.feed_imu(*values)
        case "contact":
            wizard.feed_contact(*values)
        case _:
            wizard.command(*values)


def filter_gain(spectrum: str, seconds: float = 60.0) -> float:
    """RMS that unit noise of a spectrum keeps after the conditioning, by simulation."""
    size = noise_block(RATE_HZ)
    power = muscle_power(60.0, 120.0) if spectrum == "muscle" else noise_power
    noise = ShapedNoise(WhiteNoise(99, "gain", size), power, RATE_HZ)
    x = np.concatenate([noise.block(k) for k in range(math.ceil(seconds * RATE_HZ / size))])
    conditioner = Conditioner(ConditioningParams(), RATE_HZ, 1)
    n = 20
    blocks: list[ConditionedBlock] = conditioner.steps(
        [
            RawBlock(k * n, x[k * n : k * n + n, None], np.zeros((n, 1), dtype=np.bool_))
            for k in range(len(x) // n)
        ]
    )
    y = np.concatenate([one.emg_uv for one in blocks])[1000:]
    return float(np.sqrt(np.mean(y**2)))
