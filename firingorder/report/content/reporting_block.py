"""How it was measured, item by item, in the groups that reporting standards ask for.

The groups follow ISEK (Merletti 1999), the CEDE check list (Besomi et al. 2024,
10.1016/j.jelekin.2024.102874) and SENIAM. What nobody wrote down says "not recorded".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firingorder.report.content import block_signal, block_trials
from firingorder.report.content.model import Column, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from firingorder.report.content.block_signal import Items
    from firingorder.report.content.outcome import Outcome
    from firingorder.report.content.records import Material

_COLUMNS = (Column("Item", 1.0), Column("Value", 2.6))
_CHANNELS = (
    Column("Channel", 1.5), Column("Label", 0.8), Column("Rest, µV RMS", 1.0, "right"),
    Column("SNR, dB", 0.8, "right"), Column("Mains, µV", 0.8, "right"),
    Column("Mains taken out, µV", 1.1, "right"), Column("ECG seen", 0.7),
    Column("Usable", 0.7), Column("Why not", 2.0),
)  # fmt: skip


def sections(material: Material, listed: Sequence[Outcome]) -> Iterable[Section]:
    """Return the groups, each a table of items, and every parameter of the analysis."""
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
    made = [
        Section(
            "How it was measured",
            ("Groups as in the reporting standards of ISEK, CEDE and SENIAM. Filled in by the "
             "software; what nobody wrote down is marked as not recorded.",),
            tables=tables,
        ),
        Section("Signal quality", tables=_channels(material)),
    ]  # fmt: skip
    parameters = tuple(_parameters(material.facts.settings))
    words = "Every parameter of the analysis, with the value that was used. Hash: "
    if parameters:
        text = (f"{words}{material.found.settings_hash}.", *parameters)
    else:
        text = (f"{words}{material.found.settings_hash}. The values themselves were not recorded.",)
    return [*made, Section("Parameters", text)]


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
