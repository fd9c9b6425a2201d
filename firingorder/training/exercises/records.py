"""What a record of an exercise holds, typed. Docs: docs/reference/exercises.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from firingorder.signal.task import TaskSpec, Template
    from firingorder.training.fields import Evidence, Words

SCHEMA = "firingorder.exercise/1"

PainGate = Literal["strict", "traffic_light"]
Mode = Literal["activate", "sequence", "yield", "balance", "test"]
Position = Literal[
    "supine", "supine_knees_bent", "bench_knees_bent", "prone", "side_lying", "side_on_forearm",
    "hands_and_knees", "sitting", "lying_or_sitting", "standing", "split_stance", "walking", "free",
]  # fmt: skip
#: What one count of ``reps`` is done for; None: a set.
Per = Literal["side", "direction", "day", "breath"]
ReferenceOrder = Literal[
    "none_known", "glute_last_usual", "back_before_glute_usual", "direction_only", "debated"
]
#: What would have to be fitted; ``no_sensor``: nothing that firingorder reads can see it.
Sensor = Literal["thigh_imu", "second_imu", "tensor_fasciae_latae", "no_sensor"]


@dataclass(frozen=True, slots=True)
class Dose:
    """How much, by whom; None is "not stated".

    Attributes
    ----------
    provenance, evidence
        File name of the article, or "product"; and the mark of its evidence.
    sets, reps, per
        ``reps`` is (least, most), most None where there is no upper end.
    tempo, tempo_s
        As a word; as seconds of way out, far position, way back.
    hold_s
        (shortest, longest) hold of the far position.
    rest_s, quiet_s, duration_s
        Rest between sets (or holds), quiet after letting go, (shortest, longest) whole length.
    pyramid
        Repetitions of each set, where they differ.
    effort_percent_max, height_cm_max
        Upper limits.
    note
        What numbers do not say.
    """

    provenance: str
    evidence: Evidence
    sets: int | None = None
    reps: tuple[int, int | None] | None = None
    per: Per | None = None
    tempo: str | None = None
    tempo_s: tuple[float, float, float] | None = None
    hold_s: tuple[float, float] | None = None
    rest_s: float | None = None
    quiet_s: float | None = None
    duration_s: tuple[float, float] | None = None
    pyramid: tuple[int, ...] = ()
    effort_percent_max: float | None = None
    height_cm_max: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One finding of others about this task, with its source."""

    text: Words
    source: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of the order in this task. Background for the therapist; drives no light."""

    order: ReferenceOrder
    text_key: str
    text: Words
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One side of a debate, and who holds it: file names, addresses, or "product"."""

    view: str
    text: Words
    provenance: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """What people read about an exercise, in one language.

    Attributes
    ----------
    setup, cues
        How to begin; short cues in the order in which they are needed.
    asks
        The question of the task.
    sees, cannot_see
        What the signals tell, and what they do not.
    only_if
        The condition under which it may be done; empty where there is none.
    """

    setup: str
    cues: tuple[str, ...]
    asks: str
    sees: str
    cannot_see: str
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its task for the signal chain, and what people are told about it.

    Attributes
    ----------
    task
        For the signal chain; the working side is the first choice (``default_side``).
    other_templates
        Further ways in which its repetitions may be found, chosen by hand.
    usual_range_deg
        (least, most) change of the angle of the lift in people, with its mark; no norm.
    marks
        Evidence of the single numbers of the record, by field.
    provenance
        Articles it comes from (file names), and what each says about it.
    not_measured_without
        Quantity or fault, and the sensor it would need.
    """

    task: TaskSpec
    names: Words
    position: Position
    modes: tuple[Mode, ...]
    other_templates: tuple[Template, ...]
    usual_range_deg: tuple[tuple[float, float], Evidence] | None
    marks: tuple[tuple[str, Evidence], ...]
    doses: tuple[Dose, ...]
    faults: tuple[str, ...]
    variants: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]
    reference: Reference
    debate: tuple[View, ...]
    not_measured_without: tuple[tuple[str, Sensor], ...]
    pain_gate: PainGate
    media_key: str
    texts: tuple[tuple[str, Texts], ...]

    def text(self, language: str = "en") -> Texts:
        """Return the texts in a language, in English where there are none in it."""
        texts = dict(self.texts)
        return texts.get(language, texts["en"])
