"""How the pelvis sensor sits: from standing or lying still and a few bends or bridges.

Every pose says where one pelvis axis is in the sensor (gravity), every movement says where the
axis from right to left is (the principal axis of the angular rate, its sign from the direction of
the movement). The mounting is the rotation that fits all of them best, each weighted by how well
people keep to it; any sensor position works, also upside down, on the front or on the iliac crest.
Pelvis frame and signs: exercise_bridge.md section 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammaincinv

from firingorder.calibration.moving_axis import AxisParams, MovingAxis, moving_axis
from firingorder.signal.sensor_state import STANDARD_GRAVITY_M_S2, SensorWatchParams, at_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firingorder.calibration.moving_axis import Movement
    from firingorder.samples import FloatArray
    from firingorder.signal.reference import Quaternion, Vector

Position = Literal[
    "standing", "supine", "prone", "hands_and_knees", "side_lying_left", "side_lying_right"
]
#: Where up is in the pelvis frame. Lying on the left side, the right side is up.
UP: dict[Position, Vector] = {
    "standing": (0.0, 0.0, 1.0),
    "supine": (1.0, 0.0, 0.0),
    "prone": (-1.0, 0.0, 0.0),
    "hands_and_knees": (-1.0, 0.0, 0.0),
    "side_lying_left": (0.0, -1.0, 0.0),
    "side_lying_right": (0.0, 1.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class MountingParams:
    """Limits and weights; proposals unless a source is named.

    The ``..._sd_deg`` say how far people are from the pose they are asked for, about the axes x, y
    and z of the pelvis. None: gravity says nothing about that axis.
    """

    still_s: float = 3.0
    still_deg_s: float = 2.0
    """SD of the rate: standing people sway, half a degree at half a hertz is 1.1 deg/s."""
    drift_deg: float = 2.5
    """Most that gravity may turn between the thirds of a pose."""
    bias_limit_deg_s: float = 6.0
    gravity_share: float = 0.06
    standing_sd_deg: tuple[float, float] = (1.5, 2.0)
    """About x and y. Standing upright is the own neutral pose by definition; this is how well it
    is found again."""
    lying_sd_deg: tuple[float, float] = (7.2, 3.0)
    """About y and z. From lying on the back to standing the pelvis turned by 5.5 degrees on
    average, by -21.8 to 8.4 degrees in 1517 people before a hip replacement (Pierrepont et al.
    2017, Bone Joint J 99-B:184): that range is an SD of 4.6 degrees, with the mean 7.2. The roll
    is a proposal."""
    kneeling_sd_deg: tuple[float, float] = (10.0, 3.0)
    side_sd_deg: tuple[float, float] = (10.0, 10.0)
    """About x and z: waist and mattress decide."""
    acc_bias_sd_deg: float = 0.7
    """20 mg of offset of the accelerometer, evenly spread, are 0.66 degrees SD."""
    axis_sd_deg: float = 2.5
    """How far the axis of a bend or bridge lies off the axis from right to left of the pelvis,
    beyond what the repetitions differ by."""
    most_error_deg: float = 25.0
    misfit: float = 0.997
    """Poses and axis that fit worse than this share of people's are refused."""
    axis: AxisParams = field(default_factory=AxisParams)
    sensor: SensorWatchParams = field(default_factory=SensorWatchParams)


@dataclass(frozen=True, slots=True)
class StillPose:
    """What the sensor felt while the person kept a position, ``(n, 3)`` each in sensor axes."""

    position: Position
    rate_hz: float
    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray


@dataclass(frozen=True, slots=True)
class Moves:
    """What it felt during three bends or bridges, from rest to rest."""

    movement: Movement
    rate_hz: float
    acc_m_s2: FloatArray
    gyr_rad_s: FloatArray


@dataclass(frozen=True, slots=True)
class Mounting:
    """How the sensor sits, or why that is not known.

    Attributes
    ----------
    mount_wxyz
        Sensor axes into the pelvis frame; None where refused.
    error_deg
        95 % of mountings found like this are turned from the true one by less than this.
    axis_error_deg
        The same about x, y and z of the pelvis one by one. What is uncertain about y leaves tilt
        alone and mixes obliquity with rotation.
    gyro_bias_rad_s
        Mean rate in the stillest pose, sensor axes.
    assumptions
        What was taken for granted, one sentence each.
    refusals
        Why not, one sentence each that says what to do.
    """

    mount_wxyz: Quaternion | None = None
    error_deg: float | None = None
    axis_error_deg: Vector | None = None
    gyro_bias_rad_s: Vector | None = None
    assumptions: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Direction:
    """One known direction: in the sensor, in the pelvis, and how much it says (1/rad^2)."""

    sensor: FloatArray
    pelvis: FloatArray
    weight: FloatArray


_NAMES: dict[Position, str] = {
    "standing": "standing",
    "supine": "lying on the back",
    "prone": "lying on the front",
    "hands_and_knees": "kneeling on hands and knees",
    "side_lying_left": "lying on the left side",
    "side_lying_right": "lying on the right side",
}
_NEUTRAL = "Standing upright is taken for the own neutral pose of the pelvis."
_FLAT = (
    "Without standing, the front of the pelvis is taken to look straight up while lying; people "
    "differ by some 7 degrees there. Tilt does not depend on it; obliquity and rotation do a "
    "little."
)
_STRAIGHT = "The movement is taken to be straight, about the axis from hip to hip."


def find_mounting(
    poses: Sequence[StillPose], moves: Moves | None = None, params: MountingParams | None = None
) -> Mounting:
    """Return how the sensor sits, from still poses and a movement.

    Standing and forward bends are the usual pair; lying on the back and bridges are enough for
    who cannot stand; two poses that are a quarter turn apart do without a movement.
    """
    p = params or MountingParams()
    refusals = [text for pose in poses if (text := _pose_refusal(pose, p))]
    if not poses:
        refusals.append("No still pose was measured: stand or lie still for five seconds first.")
    if refusals:
        return Mounting(refusals=tuple(refusals))
    stillest = min(poses, key=lambda one: float(np.std(one.gyr_rad_s, axis=0).max()))
    bias = np.mean(stillest.gyr_rad_s, axis=0)
    known = [_gravity(pose, p) for pose in poses]
    if moves is not None:
        text = _sensor_refusal(moves.acc_m_s2, moves.gyr_rad_s, p, "while moving")
        found = text or moving_axis(moves, bias, p.axis)
        if isinstance(found, str):
            return Mounting(refusals=(found,))
        known.append(_axis(found, p))
    fitted = _fit(known, p)
    if isinstance(fitted, str):
        return Mounting(refusals=(fitted,))
    turn, covariance = fitted
    bx, by, bz = bias.tolist()
    ex, ey, ez = (1.96 * np.degrees(np.sqrt(np.diag(covariance)))).tolist()
    standing = any(pose.position == "standing" for pose in poses)
    assumptions = [_NEUTRAL if standing else _FLAT] + ([_STRAIGHT] if moves is not None else [])
    return Mounting(
        mount_wxyz=quaternion(turn),
        error_deg=_error_deg(covariance),
        axis_error_deg=(ex, ey, ez),
        gyro_bias_rad_s=(bx, by, bz),
        assumptions=tuple(assumptions),
    )


def _sensor_refusal(acc: FloatArray, gyr: FloatArray, p: MountingParams, when: str) -> str | None:
    """Return why a stretch cannot be used whatever the person did."""
    if len(acc) == 0 or not (np.isfinite(acc).all() and np.isfinite(gyr).all()):
        return f"The pelvis sensor sent too little {when}: check its link and do this step again."
    s = p.sensor
    for values, high, end in (
        (acc, s.acc_high_m_s2, s.acc_range_m_s2),
        (gyr, s.gyr_high_rad_s, s.gyr_range_rad_s),
    ):
        if at_limit(values, high, s.range_share * end, s.held).any():
            return (
                f"The pelvis sensor reached the end of its range {when}: move more slowly, "
                "and fasten the sensor so that nothing knocks against it."
            )
    return None


def _pose_refusal(pose: StillPose, p: MountingParams) -> str | None:
    """Return why a pose does not count, None where it does."""
    acc, gyr, name = pose.acc_m_s2, pose.gyr_rad_s, _NAMES[pose.position]
    if text := _sensor_refusal(acc, gyr, p, f"while {name}"):
        return text
    if len(acc) < p.still_s * pose.rate_hz:
        return f"The time {name} was too short: keep still for five seconds."
    rate, bias = np.degrees(np.std(gyr, axis=0)).max(), np.degrees(np.mean(gyr, axis=0))
    thirds = [np.mean(part, axis=0) for part in np.array_split(acc, 3)]
    drift = max(_angle_deg(thirds[0], thirds[1]), _angle_deg(thirds[0], thirds[2]))
    if rate > p.still_deg_s or drift > p.drift_deg or np.abs(bias).max() > p.bias_limit_deg_s:
        return f"The pelvis moved while {name}: keep still for five seconds and do this step again."
    size = float(np.linalg.norm(np.mean(acc, axis=0)))
    if abs(size / STANDARD_GRAVITY_M_S2 - 1.0) > p.gravity_share:
        return (
            f"The pelvis sensor measured {size:.1f} m/s^2 while {name}, and gravity is 9.8: "
            "check its unit and calibration."
        )
    return None


def _gravity(pose: StillPose, p: MountingParams) -> _Direction:
    """Return what the gravity of a pose says."""
    up = np.mean(pose.acc_m_s2, axis=0)
    match pose.position:
        case "standing":
            sd = (*p.standing_sd_deg, None)
        case "supine" | "prone":
            sd = (None, *p.lying_sd_deg)
        case "hands_and_knees":
            sd = (None, *p.kneeling_sd_deg)
        case _:
            sd = (p.side_sd_deg[0], None, p.side_sd_deg[1])
    weights = [0.0 if one is None else _weight(math.hypot(one, p.acc_bias_sd_deg)) for one in sd]
    return _Direction(up / np.linalg.norm(up), np.array(UP[pose.position]), np.diag(weights))


def _axis(found: MovingAxis, p: MountingParams) -> _Direction:
    """Return what the axis of a movement says."""
    weight = _weight(math.hypot(p.axis_sd_deg, found.scatter_deg))
    return _Direction(found.axis, np.array([0.0, 1.0, 0.0]), np.diag([weight, 0.0, weight]))


def _weight(sd_deg: float) -> float:
    return 1.0 / math.radians(sd_deg) ** 2


def _fit(known: list[_Direction], p: MountingParams) -> tuple[FloatArray, FloatArray] | str:
    """Return the rotation that fits best and its covariance (rad^2, pelvis axes), or why not.

    Wahba's problem with a weight of its own about each axis: Gauss-Newton from the pair of
    directions that is nearest to a right angle.
    """
    whole: FloatArray = np.zeros((3, 3))
    for one in known:
        whole += one.weight
    if np.linalg.eigvalsh(whole)[0] < _weight(p.most_error_deg):
        return (
            "This does not say which way the sensor is turned: add three slow forward bends, or "
            "three bridges when lying."
        )
    covariance = np.asarray(np.linalg.inv(whole), dtype=np.float64)
    pairs = [(a, b) for k, a in enumerate(known) for b in known[k + 1 :]]
    first, second = min(pairs, key=lambda pair: abs(float(pair[0].pelvis @ pair[1].pelvis)))
    turn = _frame(first.pelvis, second.pelvis) @ _frame(first.sensor, second.sensor).T
    for _ in range(20):
        pull = np.zeros(3)
        for one in known:
            pull += one.weight @ np.cross(one.pelvis, turn @ one.sensor)
        turn = _rotation(-covariance @ pull) @ turn
    misfit = 0.0
    for one in known:
        off = _turn_between(one.pelvis, turn @ one.sensor)
        misfit += float(off @ one.weight @ off)
    freedom = 2 * len(known) - 3
    if misfit > 2.0 * float(gammaincinv(0.5 * freedom, p.misfit)):
        off_deg = abs(90.0 - _angle_deg(first.sensor, second.sensor))
        return (
            f"Gravity and the axis of the movement (or two poses) are {off_deg:.0f} degrees from "
            "a right angle: stand or lie straight, move straight to and fro, and do both again."
        )
    return turn, covariance


def _turn_between(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the smallest rotation that turns direction a into b, as a rotation vector."""
    axis = np.cross(a, b)
    size = float(np.linalg.norm(axis))
    return axis if size < 1e-9 else axis * (math.atan2(size, float(a @ b)) / size)


def _frame(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return an orthonormal frame whose first axis is a and whose second lies towards b."""
    third = np.cross(a, b)
    third = third / np.linalg.norm(third)
    return np.stack([a, np.cross(third, a), third], axis=1)


def _rotation(vector: FloatArray) -> FloatArray:
    """Return the matrix of a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = (vector / angle).tolist()
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross


def _error_deg(covariance: FloatArray) -> float:
    """Return the 95 % quantile of the length of a Gaussian vector, degrees.

    The sum of squares has the mean and variance of a scaled chi-square (Satterthwaite 1946,
    Biometrics Bulletin 2:110).
    """
    trace, square = float(np.trace(covariance)), float(np.trace(covariance @ covariance))
    scale, freedom = square / trace, trace**2 / square
    return math.degrees(math.sqrt(2.0 * scale * float(gammaincinv(0.5 * freedom, 0.95))))


def _angle_deg(a: FloatArray, b: FloatArray) -> float:
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b)))


def quaternion(matrix: FloatArray) -> Quaternion:
    """Return the unit quaternion (w, x, y, z) of a rotation matrix, w not negative."""
    m = matrix
    symmetric = np.array(
        [
            [m[0, 0] + m[1, 1] + m[2, 2], 0.0, 0.0, 0.0],
            [m[2, 1] - m[1, 2], m[0, 0] - m[1, 1] - m[2, 2], 0.0, 0.0],
            [m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], m[1, 1] - m[0, 0] - m[2, 2], 0.0],
            [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], m[2, 2] - m[0, 0] - m[1, 1]],
        ]
    )
    # Its largest eigenvector is the quaternion, stable at every angle (eigh reads the lower half).
    best = np.linalg.eigh(symmetric)[1][:, 3]
    w, x, y, z = (best if best[0] >= 0.0 else -best).tolist()
    return (w, x, y, z)
