"""The trace of poses: what was put in comes out, and its angles are those of one pose."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from firingorder.signal.orientation import Pose, pelvis_angles_deg
from firingorder.signal.pose_trace import TRACE_S, PoseTrace


def poses(n: int, seed: int = 5) -> list[Pose]:
    print("seed", seed)
    rng = np.random.default_rng(seed)
    quats = Rotation.random(n, random_state=rng).as_quat()[:, [3, 0, 1, 2]]
    return [
        Pose(tuple(q.tolist()), tuple(r.tolist()), 0.0, False, acc_m_s2=tuple(a.tolist()))
        for q, r, a in zip(
            quats, rng.standard_normal((n, 3)), rng.standard_normal((n, 3)), strict=True
        )
    ]


def test_angles_are_those_of_single_poses() -> None:
    trace, given = PoseTrace(100.0), poses(200)
    for k, one in enumerate(given):
        trace.append(0.01 * k, one, None if k < 60 else 0.001 * k)
    found = trace.excerpt(0.5, 1.0)
    assert found.t_s[0] == 0.5
    assert found.t_s[-1] == 1.0
    wanted = [pelvis_angles_deg(given[3].quat_wxyz, one.quat_wxyz) for one in given[50:101]]
    np.testing.assert_allclose(found.angles_deg(given[3].quat_wxyz), wanted, atol=1e-9)
    np.testing.assert_array_equal(found.rate_deg_s[0], given[50].rate_deg_s)
    np.testing.assert_array_equal(found.acc_m_s2[0], given[50].acc_m_s2)
    assert np.isnan(found.bias_sd_deg_s[:10]).all()
    assert found.bias_sd_deg_s[-1] == 0.1


def test_the_oldest_fall_out_and_nothing_is_left_after_a_restart() -> None:
    trace, one = PoseTrace(10.0), poses(1)[0]
    n = round(10.0 * TRACE_S) + 50
    for k in range(n):
        trace.append(0.1 * k, one)
    assert len(trace.excerpt(0.0, 1e9).t_s) == round(10.0 * TRACE_S)
    assert trace.excerpt(0.0, 4.0).t_s.size == 0
    trace.clear()
    assert trace.excerpt(0.0, 1e9).t_s.size == 0
