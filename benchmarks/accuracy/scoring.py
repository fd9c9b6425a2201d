"""Figures of merit from scored trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from benchmarks.accuracy.answers import ORDER_LAGS_MS, SIGNED_LAGS_MS, Scored

if TYPE_CHECKING:
    from firingorder.samples import BoolArray, FloatArray

MARGIN_MS = 30.0
VERDICT_LAGS_MS = (0.0, 30.0, 60.0, 120.0)
CLAIMS = ("right", "wrong", "together", "unclear")
NAN = float("nan")
#: Answered alone, or every burst with an interval whether the product would use it or not.
Which = Literal["answered", "all"]


def everything(one: Scored) -> np.ndarray:
    """Return the index of all trials."""
    return np.arange(one.n)


def error_figures(one: Scored, index: np.ndarray) -> dict[str, float]:
    """Bias, MAE, SD, P95 of the absolute error, shares missed and refused, bias difference b - a.

    Errors of every estimate there is, also of those the product refuses to use.
    """
    e = one.error_ms[index]
    flat = e[np.isfinite(e)]
    if flat.size == 0:
        flat = np.array([NAN])
    a, b = (c[np.isfinite(c)] for c in e.T)
    missed, refused = one.missed[index], one.refused[index]
    return {
        "bias": float(np.mean(flat)),
        "mae": float(np.mean(np.abs(flat))),
        "sd": float(np.std(flat)),
        "p95": float(np.quantile(np.abs(flat), 0.95)),
        "found": 100.0 * float(np.mean(~missed)),
        "missed": 100.0 * float(np.mean(missed)),
        "refused": 100.0 * float(np.mean(refused)),
        "bias_difference": float(np.mean(b) - np.mean(a)) if a.size and b.size else NAN,
    }


def order_figures(one: Scored, index: np.ndarray) -> dict[str, float]:
    """Percent of right orders at each lag, both signs, by the point estimates; a miss is wrong.

    All cross pairs where channels do not depend on each other, else the lags really played.
    """
    e = one.error_ms[index]
    if one.real_lags:
        d, lag = e[:, 1] - e[:, 0], one.lag_ms[index]
        played = {x: np.isclose(np.abs(lag), x) for x in ORDER_LAGS_MS}
        hits = {x: _right((d * np.sign(lag))[m], x) for x, m in played.items()}
        return {
            f"order{x:g}": 100.0 * float(np.mean(h)) if h.size else NAN for x, h in hits.items()
        }
    d = e[None, :, 1] - e[:, None, 0]
    return {
        f"order{x:g}": 50.0 * float(np.mean(_right(d, x)) + np.mean(_right(-d, x)))
        for x in ORDER_LAGS_MS
    }


def _right(error_ms: FloatArray, lag_ms: float) -> FloatArray:
    """1 where lag + error keeps its sign, 0.5 at a tie, 0 else and for NaN."""
    lead_ms = error_ms + lag_ms
    return np.where(np.isnan(lead_ms), 0.0, 0.5 * (1.0 + np.sign(np.nan_to_num(lead_ms))))


def interval_figures(one: Scored, index: np.ndarray, which: Which = "answered") -> dict[str, float]:
    """Coverage and median width of the 95 and 90 % intervals of onsets and leads.

    A missed burst is not covered. Refused ones are left out of "answered".
    """
    out: dict[str, float] = {}
    for name, ends, missed, refused in (
        ("onset", one.ends_ms[index], one.missed[index], one.refused[index]),
        ("lead", one.lead_ends_ms[index], one.lead_missed[index], one.lead_refused[index]),
    ):
        counted = ~refused if which == "answered" else np.ones_like(refused)
        for level, at in ((95, 0), (90, 2)):
            cover, width = _coverage(ends[..., at], ends[..., at + 1], missed, counted)
            out[f"{name}{level}"], out[f"{name}{level}_width"] = cover, width
    return out


def _coverage(
    low: FloatArray, high: FloatArray, missed: BoolArray, counted: BoolArray
) -> tuple[float, float]:
    if not counted.any():
        return NAN, NAN
    inside = (low <= 0.0) & (high >= 0.0) & ~missed
    widths = (high - low)[counted & np.isfinite(high - low)]
    width = float(np.median(widths)) if widths.size else NAN
    return 100.0 * float(np.mean(inside[counted])), width


def verdict_figures(one: Scored, index: np.ndarray, which: Which) -> dict[str, float]:
    """Percent right, wrong, together, unclear at each lag, both signs, margin 30 ms.

    "answered": as told, with every refusal unclear. "all": by the interval of the lead alone.
    """
    low, high = one.lead_ends_ms[index][..., 0], one.lead_ends_ms[index][..., 1]
    silent = ~np.isfinite(high - low)
    if which == "answered":
        silent = silent | one.lead_missed[index] | one.lead_refused[index]
    low, high = np.concatenate([low, -high]), np.concatenate([high, -low])
    silent = np.concatenate([silent, silent])
    out: dict[str, float] = {}
    for lag in VERDICT_LAGS_MS:
        first, second = low + lag > 0.0, high + lag < 0.0
        same = (low + lag >= -MARGIN_MS) & (high + lag <= MARGIN_MS) & ~first & ~second
        spoken = {"right": first, "wrong": second, "together": same}
        for name, mask in spoken.items():
            out[f"{name}{lag:g}"] = 100.0 * float(np.mean(mask & ~silent))
        out[f"unclear{lag:g}"] = 100.0 - sum(out[f"{name}{lag:g}"] for name in spoken)
    return out


def probability_rows(one: Scored, index: np.ndarray) -> FloatArray:
    """Return ``(n, 2)``: P(a first), and 1 where a was first; over all signed lags."""
    p = one.p_first[index][~one.lead_missed[index]]
    p = p[np.isfinite(p).all(axis=1)]
    truth = np.broadcast_to(np.array(SIGNED_LAGS_MS) > 0.0, p.shape)
    return np.column_stack([p.ravel(), truth.ravel().astype(np.float64)])


def reliability_curve(rows: FloatArray, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean probability, share of "a first" and count of each bin that has any."""
    place = np.minimum((rows[:, 0] * bins).astype(np.int64), bins - 1)
    return [
        (float(np.mean(rows[m, 0])), float(np.mean(rows[m, 1])), int(np.sum(m)))
        for k in range(bins)
        if (m := place == k).any()
    ]


def probability_figures(rows: FloatArray) -> dict[str, float]:
    """ECE over ten bins, Brier score, and how often P >= 0.9 answers, and is right then (%)."""
    if len(rows) == 0:
        return {"ece": NAN, "brier": NAN, "answered": NAN, "answered_right": NAN}
    p, truth = rows[:, 0], rows[:, 1]
    curve = reliability_curve(rows)
    sure = np.maximum(p, 1.0 - p) >= 0.9
    right = (p > 0.5) == (truth > 0.5)
    return {
        "ece": sum(abs(m - s) * n for m, s, n in curve) / len(rows),
        "brier": float(np.mean((p - truth) ** 2)),
        "answered": 100.0 * float(np.mean(sure)),
        "answered_right": 100.0 * float(np.mean(right[sure])) if sure.any() else NAN,
    }
