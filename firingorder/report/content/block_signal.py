"""Electrodes, amplifier, sampling, filters, onsets: the part of the block about the signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.corrections import standing
from firingorder.report.content.numbers import percent, plural, quantity

if TYPE_CHECKING:
    from firingorder.report.content.records import Facts, Material, StreamFacts

Items = tuple[tuple[str, str], ...]
NOT_RECORDED = "not recorded"
_SYNC = {
    "device_us": "time of the device in every frame, microseconds",
    "device_ms": "time of the device in every frame, milliseconds",
    "counter": "sample counter of the device",
    "notification_count": "count of messages; losses are not seen",
    "vendor": "time stamps of the maker's software",
}
_INTEGRITY = {
    "crc32": "32 bit CRC in every frame", "crc4": "4 bit CRC in every frame",
    "transport": "by the link only", "none": "none",
}  # fmt: skip


def known(value: float | None, unit: str = "") -> str:
    """Return a value with its unit, or that it was not recorded."""
    return NOT_RECORDED if value is None else f"{quantity(value)} {unit}".strip()


def told(value: object) -> str:
    """Return a text, or that it was not recorded."""
    return str(value) if value not in (None, "", [], {}) else NOT_RECORDED


def yes_no(value: bool | None) -> str:
    """Return yes, no, or that it was not recorded."""
    return NOT_RECORDED if value is None else "yes" if value else "no"


def profile_of(facts: Facts) -> dict[str, Any]:
    """Return what the first device says of itself; empty where there is nothing."""
    profiles = facts.device.get("profiles") or []
    return next((one for one in profiles if one), {})


def electrodes(material: Material) -> Items:
    """Return what is known of the electrodes: mostly which muscles they stand for."""
    facts = material.facts
    named = facts.montage.get("channels") or {}
    sites = ", ".join(f"{label} {name.replace('_', ' ')}" for label, name in named.items())
    if not sites:
        sites = ", ".join(c.name.replace("_", " ") for c in material.found.channels)
    calibration = facts.calibration
    ham = (facts.montage.get("ham_site") or "unknown") if calibration is None else (
        calibration.ham_site
    )  # fmt: skip
    return (
        ("Muscles by channel", sites or NOT_RECORDED),
        ("Site and landmarks on the skin", NOT_RECORDED),
        ("Hamstring site (ham_site)", "not recorded (unknown)" if ham == "unknown" else str(ham)),
        ("Level of the lumbar electrodes", NOT_RECORDED),
        ("Type, material, shape, size", NOT_RECORDED),
        ("Distance between electrodes", NOT_RECORDED),
        ("Orientation to the fibres", NOT_RECORDED),
        ("Skin preparation, gel", NOT_RECORDED),
        ("Reference electrode", NOT_RECORDED),
        ("Photo of the pads", NOT_RECORDED),
        ("Re-applied since the last session", yes_no(facts.pads_reapplied)),
    )


def amplifier(material: Material) -> Items:
    """Return what the device says of itself. Serial numbers are left out unless asked for."""
    facts, profile = material.facts, profile_of(material.facts)
    step = profile.get("uv_per_count")
    bits = profile.get("bits") or None
    serial = profile.get("serial") or facts.device.get("serial")
    items = (
        ("Device, protocol", _device_words(profile)),
        ("Firmware", told(profile.get("firmware") or facts.device.get("firmware"))),
        ("Channels", told(profile.get("emg_channels") or len(material.found.channels) or None)),
        ("Resolution", "; ".join([
            NOT_RECORDED if bits is None else f"{bits} bit",
            "microvolts per step not recorded" if step is None else f"{quantity(step)} µV per step",
        ])),
        ("Range", NOT_RECORDED),
        ("Gain", NOT_RECORDED),
        ("Differential mode", NOT_RECORDED),
        ("Input impedance", NOT_RECORDED),
        ("Common mode rejection", NOT_RECORDED),
        ("Bandwidth of the front end", known(profile.get("bandwidth_hz"), "Hz")),
        ("What may be claimed from it", told(profile.get("claim"))),
        *((("Serial number", str(serial)),) if serial else ()),
    )  # fmt: skip
    remark = profile.get("remark")
    return (*items, ("Remark of the source", str(remark))) if remark else items


def _device_words(profile: dict[str, Any]) -> str:
    if not profile:
        return NOT_RECORDED
    words = f"{profile.get('model') or 'model not told'}, {profile.get('adapter')}"
    return f"{words}, simulated" if profile.get("simulated") else words


def sampling(material: Material) -> Items:
    """Return rates, clocks and everything that is missing, stream by stream."""
    facts, profile = material.facts, profile_of(material.facts)
    items: list[tuple[str, str]] = []
    for stream in facts.streams:
        name = {"emg": "EMG", "imu": "Pelvis sensor"}.get(stream.kind, stream.kind)
        items.append((f"{name}: rate", _rate(stream)))
        items.append((f"{name}: samples, losses", _losses(stream, facts.duration_s)))
    skew = profile.get("skew_us")
    items += [
        ("Clock", _SYNC.get(str(profile.get("time_source")), NOT_RECORDED)),
        ("Damage noticed by", _INTEGRITY.get(str(profile.get("integrity")), NOT_RECORDED)),
        ("Skew between channels", "simultaneous" if skew == 0 else known(skew, "µs per channel")),
        ("Sensors on one clock", _one_clock(profile)),
        ("Age of the data on arrival", NOT_RECORDED if facts.age_ms is None else
         f"{facts.age_ms[0]:.0f} ms median, {facts.age_ms[1]:.0f} ms 95th percentile"),
    ]  # fmt: skip
    return tuple(items)


def _rate(stream: StreamFacts) -> str:
    words = f"{stream.rate_hz:g} Hz nominal, {stream.rate_measured_hz:.6g} Hz measured"
    if not stream.rate_hz or not stream.rate_measured_hz:
        return words
    drift = (stream.rate_measured_hz / stream.rate_hz - 1.0) * 1e6
    return f"{words} ({drift:+.0f} ppm)".replace("-", "\N{MINUS SIGN}")


def _losses(stream: StreamFacts, duration_s: float) -> str:
    wanted = stream.samples + stream.lost_samples
    share = stream.lost_samples / wanted if wanted else 0.0
    gaps = [end - start for start, end in stream.gaps]
    words = (
        f"{stream.samples} received, {stream.lost_samples} lost "
        f"({100.0 * share:.2f} %), {stream.outage_s:.2f} s away of {duration_s:.1f} s"
    )
    if not gaps:
        return f"{words}; no gap"
    longest = 1e3 * max(gaps)
    return f"{words}; {plural(len(gaps), 'gap')}, the longest {longest:.0f} ms; none is filled in"


def _one_clock(profile: dict[str, Any]) -> str:
    if not profile:
        return NOT_RECORDED
    return "EMG and pelvis sensor of one device" if profile.get("imu") not in (None, "none") else (
        "no pelvis sensor in this device"
    )  # fmt: skip


def filters(material: Material) -> Items:
    """Return every filter of the onset path, with the parameters that were used."""
    settings, profile = material.facts.settings, profile_of(material.facts)
    c = settings.get("conditioning") or {}
    if not c:
        words = "values not recorded; see the hash of the settings"
        return (("All filters", words), ("The same for all onset channels", "yes"))
    delay = profile.get("group_delay_us")
    hum = (c.get("hum") or {}).get("remove")
    return (
        ("High-pass", f"Butterworth, order {c['highpass_order']}, {c['highpass_hz']:g} Hz, causal"),
        ("Low-pass", f"resampler, linear phase, Kaiser {c['antialias_kaiser']:g}, "
         f"{c['antialias_hz']:g} Hz"),
        ("Analysis rate", f"{c['analysis_rate_hz']:g} Hz, or the stream's own if slower"),
        ("Notch", "none; mains hum is predicted and subtracted" if hum else "none"),
        ("The same for all onset channels", "yes; nothing zero-phase, nothing smoothed"),
        ("Group delay of the front end",
         NOT_RECORDED if delay is None else f"{delay / 1e3:g} ms, removed"),
        ("Envelope (drawn only)", f"RMS over {1e3 * c['envelope_s']:g} ms"),
    )  # fmt: skip


def onset(material: Material) -> Items:
    """Return how onsets were found, live and refined, and what people changed."""
    settings, found = material.facts.settings, material.found
    gates = (settings.get("onset") or {}).get("gates") or {}
    bursts = (settings.get("onset") or {}).get("bursts") or {}
    live = settings.get("live") or {}
    by_hand = standing(found.corrections).onsets
    items = [
        ("Refined method", "change of variance after whitening (AR), all rises and levels of rest "
         "tried; the posterior of the start gives value (median) and 95 % interval"),
        ("Live method", "CUSUM of the same likelihood, told 50 ms after its alarm"
         + (f"; threshold {live['threshold']:g}" if live else "")),
        ("Error of a start", "width of its posterior; the lead's interval is that of the "
         "difference of both posteriors, never the overlap of two intervals"),
        ("Set by hand", f"{plural(len(by_hand), 'onset')} (annex: corrected by hand)"),
    ]  # fmt: skip
    if gates:
        items += [
            ("Least signal to noise", f"{gates['min_snr_db']:g} dB"),
            ("Least evidence of a burst", f"{gates['min_log_bayes']:g} nats"),
            ("Rest before it", f"at least {gates['min_rest_s']:g} s, at most "
             f"{bursts.get('rest_s', 0):g} s used"),
            ("Two starts are told from", percent(gates["event_share"]) + " of the posterior, "
             f"{1e3 * gates['event_gap_s']:g} ms apart"),
        ]  # fmt: skip
    return tuple(items)
