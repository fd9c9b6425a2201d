"""Checks and wizard views made by hand: what the pages that prepare are shown in tests."""

from __future__ import annotations

from dataclasses import replace

from firingorder.calibration.view import ChannelRow, StepState, WizardView
from firingorder.calibration.words import instruction, said, title
from firingorder.findings import CalibrationFinding
from firingorder.measures import ChannelCheck, SensorCheck, SignalCheck
from firingorder.montage import DEFAULT_EIGHT
from firingorder.report.wording import split_channel

NOISE_UV = (2.9, 2.9, 2.7, 2.4, 2.9, 2.2, 2.1, 2.1)
SENSOR = SensorCheck("good", "", "", rate_hz=100.0, bias_deg_s=0.2)
BAD = {
    "contact": "bad", "contact_cause": "lead_off", "noise_uv": 68.0, "impedance_ohm": None,
    "instruction": "Press the pads on the left glute flat.",
}  # fmt: skip
WARN = {
    "contact": "warn", "contact_cause": "loose", "noise_uv": 7.9, "impedance_ohm": 46e3,
    "instruction": "Wet the skin under the pads on the right back of the thigh.",
}  # fmt: skip
HUM = {
    "signal": "bad", "signal_cause": "mains", "noise_uv": 12.0, "mains_uv": 31.0,
    "instruction": "Move away from the charger or unplug it.",
}  # fmt: skip


def check(
    channels: tuple[str, ...] = DEFAULT_EIGHT,
    *,
    at_s: float = 10.0,
    ohm: bool = True,
    calibrated: bool = True,
    sensor: SensorCheck | None = SENSOR,
    **changes: dict,
) -> SignalCheck:
    """Return a check in which everything is good but ``changes`` by channel."""
    rows: list[ChannelCheck] = []
    for k, name in enumerate(channels):
        uv = {"noise_uv": NOISE_UV[k], "mains_uv": 0.4, "level_uv": 3.1, "ecg_uv": 0.6}
        good = ChannelCheck(name, "good", "", "good", "", "", snr_db=24.0,
                            impedance_ohm=5e3 + 1e3 * (k % 5) if ohm else None)  # fmt: skip
        rows.append(replace(good, **{**(uv if calibrated else {}), **changes.get(name, {})}))
    return SignalCheck(at_s, tuple(rows), sensor)


ASKED = {
    "squeeze_glutes": ("gluteus_maximus",),
    "bend_knee": ("hamstring",),
    "lift_back": ("erector_spinae",),
    "push_knees_out": ("gluteus_medius",),
}
TRIALS = {"montage": 7, "bridges": 3, "rest": 0, "taps": 0}


def wizard(
    step: str,
    state: StepState,
    *,
    channels: tuple[str, ...] = DEFAULT_EIGHT,
    keys: tuple[str, ...] = (),
    remaining_s: float | None = 2.2,
    total_s: float = 3.0,
    trial: int = 2,
    level: float = 0.62,
    target: float | None = 0.8,
    reasons: tuple[str, ...] = (),
    effort: str = "submaximal",
    notes: dict[str, str] | None = None,
    voice: str = "",
    voice_key: str = "",
    **can: bool,
) -> WizardView:
    """Return one instant of a wizard, as calibration/showing.py would."""
    keys = keys or ("rest", "montage", "squeeze_glutes", "bend_knee", "lift_back",
                    "push_knees_out", "bridges")  # fmt: skip
    notes = notes or {}
    muscles = ASKED.get(step)
    rows = []
    for k, name in enumerate(channels):
        asked = step == "rest" or (muscles is not None and split_channel(name)[0] in muscles)
        value = None
        if asked and step == "rest" and state in ("review", "go"):
            value = NOISE_UV[k]
        if asked and muscles and (trial > 1 or state == "review"):
            value = 60.0 + 13 * k
        note = notes.get(name, "")
        shown = (level if asked else 0.04) * (1 - 0.07 * (k % 2))
        result = "refused" if note else "measured" if value else "idle"
        rows.append(ChannelRow(name, asked, shown, None if note else value, result, note))
    phase = {"get_ready": "ready", "go": "go"}.get(state, "")
    key = voice_key or (f"{step}.{phase}" if phase else {"rest": "let_go", "review": "accepted"}
                        .get(state, ""))  # fmt: skip
    last = state == "done"
    running = state in ("get_ready", "go", "rest")
    allowed = {"can_start": state == "waiting", "can_keep": state == "review",
               "can_redo": running or state in ("review", "rejected"), "can_skip": not last,
               "can_back": step != "rest" and not last, "can_swap": False} | can  # fmt: skip
    name = "done" if last else step
    return WizardView(
        step=name, number=len(keys) if last else keys.index(step) + 1, total=len(keys),
        state=state, title=title(name), instruction=instruction(name, effort), voice_key=key,
        voice_text=voice or said(key), remaining_s=None if last else remaining_s, total_s=total_s,
        trial=trial if running else 0, trials=TRIALS.get(step, 3), level=level, target=target,
        reasons=reasons, rows=tuple(rows), effort="% of calibration" if effort == "submaximal"
        else "% MVC", **allowed,
    )  # fmt: skip


def told(step: str, state: str = "accepted", *reasons: str) -> CalibrationFinding:
    """Return what the wizard made known of a step."""
    return CalibrationFinding(step, state, reasons, 1.0)  # type: ignore[arg-type]


__all__ = ["BAD", "HUM", "SENSOR", "WARN", "check", "told", "wizard"]
