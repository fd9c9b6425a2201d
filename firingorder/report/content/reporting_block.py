"""How it was measured, item by item, in the groups that reporting standards ask for.

The groups follow ISEK (Merletti 1999), the CEDE check list (Besomi et al. 2024,
10.1016/j.jelekin.2024.102874) and SENIAM. What nobody wrote down says "not recorded".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.report.content import block_signal, block_trials
from firingorder.report.content.model import Column, Section, Table
from firingorder.report.content.outcome import exercise_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from firingorder.report.content.block_signal import Items
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material

_COLUMNS = (Column("", 1.0), Column("", 2.6))
#: Parts of the settings that only one kind of exercise uses.
_OF_TEMPLATE = {
    "PITCH_LIFT": ("lift",), "HINGE": ("hinge", "height_hinge", "rise"),
    "STEP": ("step", "side_step"), "IMPACT": ("impact",), "BALANCE": ("balance", "weight_shift"),
    "STILL_LIMB": ("still_limb",), "CUED_HOLD": ("cued_hold",),
}  # fmt: skip
_CHANNELS = (
    Column("Channel", 1.5), Column("Label", 0.8), Column("Rest, µV RMS", 1.0, "right"),
    Column("SNR, dB", 0.8, "right"), Column("Mains, µV", 0.8, "right"),
    Column("Mains taken out, µV", 1.1, "right"), Column("ECG seen", 0.7),
    Column("Usable", 0.7), Column("Why not", 2.0),
)  # fmt: skip


def sections(material: Material, listed: Sequence[Outcome]) -> Iterable[Section]:
    """Return the groups, each a table of items, and the channels."""
    groups = (
        ("Electrodes", block_signal.electrodes(material)),
        ("Amplifier", block_signal.amplifier(material)),
        ("Sampling", block_signal.sampling(material)),
        ("Filters", block_signal.filters(material)),
        ("Onset", block_signal.onset(material)),
        ("Movement", block_trials.movement(material, listed)),
        ("Normalisation", block_trials.normalisation(material)),
        ("Trials", block_trials.trials(material, listed)),
        ("Statistics", block_trials.statistics(material, listed)),
        ("Frequency", block_trials.frequency(material)),
        ("Software", block_trials.software(material)),
    )
    tables = tuple(_table(title, items) for title, items in groups if items)
    return (
        Section(
            "How it was measured",
            ("Groups as in the reporting standards of ISEK, CEDE and SENIAM. Filled in by the "
             "software; what nobody wrote down is marked as not recorded.",),
            tables=tables,
        ),
        Section("Signal quality", tables=_channels(material)),
    )  # fmt: skip


def parameters(material: Material, listed: Sequence[Outcome]) -> Section:
    """Return every parameter of the analysis but those of kinds of exercise that were not done."""
    head = f"Hash of all of them: {material.found.settings_hash}."
    templates = {record.task.template for one in listed if (record := exercise_of(one.task))}
    foreign = {part for kind, parts in _OF_TEMPLATE.items() if kind not in templates
               for part in parts}  # fmt: skip
    used = {part: values for part, values in material.facts.settings.items() if part not in foreign}
    if not used:
        return Section("Parameters", (f"{head} The values themselves were not recorded.",))
    said = "With the values that were used; those of kinds of exercise not done are left out."
    return Section("Parameters", (f"{said} {head}", *_parameters(used)))


def _table(title: str, items: Items) -> Table:
    return Table(title, _COLUMNS, tuple(items))


def _channels(material: Material) -> tuple[Table, ...]:
    labels = {name: label for label, name in (material.facts.montage.get("channels") or {}).items()}
    rows = tuple(
        (
            c.name.replace("_", " "), str(labels.get(c.name, "")), block_signal.known(c.noise_uv),
            block_signal.known(c.snr_db), block_signal.known(c.mains_uv),
            block_signal.known(c.mains_removed_uv), "yes" if c.ecg else "no",
            "yes" if c.usable else "no", ", ".join(c.reasons),
        )
        for c in material.found.channels
    )  # fmt: skip
    return (Table("", _CHANNELS, rows),) if rows else ()


def _parameters(settings: dict[str, Any]) -> Iterator[str]:
    """Yield one paragraph for each part of the signal chain."""
    for part, values in settings.items():
        pairs = "; ".join(f"{name} {value}" for name, value in _flat(values))
        yield f"{part}: {pairs}."


def _flat(values: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(values, dict):
        for name, value in values.items():
            yield from _flat(value, f"{path}.{name}" if path else str(name))
    elif isinstance(values, list | tuple):
        yield path, " ".join(map(_plain, values))
    else:
        yield path, _plain(values)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
