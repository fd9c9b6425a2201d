"""The filter of blocks is that of the library, to the last bit, however the stream is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from scipy import signal as sps

from firingorder.signal import sections

if TYPE_CHECKING:
    from firingorder.samples import FloatArray

SEED = 3


@pytest.mark.parametrize("loop", ["within", "public"])
def test_blocks_are_filtered_as_the_library_filters_the_whole(
    monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    """With the loop within ``sosfilt`` and, where SciPy keeps it elsewhere, without."""
    if loop == "public":
        monkeypatch.setattr(sections, "_sosfilt", None)
    print(f"seed {SEED}")
    rng = np.random.default_rng(SEED)
    sos = cast("FloatArray", sps.butter(4, [20.0, 400.0], "bandpass", fs=1000.0, output="sos"))
    x = rng.standard_normal((700, 3))
    given = x.copy()
    one = sections.SectionFilter(sos, 3)
    parts: list[FloatArray] = []
    begin = 0
    while begin < len(x):
        end = begin + int(rng.integers(1, 60))
        parts.append(one.step(x[begin:end]))
        begin = end
    assert np.array_equal(np.concatenate(parts), sps.sosfilt(sos, x, axis=0))
    assert np.array_equal(x, given)
    # A channel by itself goes on where the block left it, and the others stay.
    alone = one.run(1, x[:40, 1], fresh=False)
    whole = sps.sosfilt(sos, np.concatenate([x[:, 1], x[:40, 1]]))
    assert np.array_equal(alone, whole[700:])
    assert np.array_equal(
        one.step(x[:9])[:, 0], sps.sosfilt(sos, np.concatenate([x, x[:9]]), axis=0)[700:, 0]
    )


@pytest.mark.parametrize("loop", ["within", "public"])
def test_what_decays_ends(monkeypatch: pytest.MonkeyPatch, loop: str) -> None:
    """A channel that went dead kept powers of 1e-320, by which an analysis ended in an error."""
    if loop == "public":
        monkeypatch.setattr(sections, "_sosfilt", None)
    sos = cast("FloatArray", sps.butter(4, 30.0, "high", fs=1000.0, output="sos"))
    x = np.concatenate([np.random.default_rng(SEED).standard_normal((500, 2)), np.zeros((3000, 2))])
    one = sections.SectionFilter(sos, 2)
    y = np.concatenate([one.step(part) for part in np.array_split(x, 40)])
    np.testing.assert_allclose(y, sps.sosfilt(sos, x, axis=0), atol=1e-60, rtol=0)
    assert np.min(np.abs(y[y != 0.0])) > 1e-60
    assert not y[-1000:].any()
