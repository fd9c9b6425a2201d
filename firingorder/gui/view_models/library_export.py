"""What is asked before copies leave the library: an export, a report. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firingorder.gui.view_models.programme_fields import FieldView
from firingorder.gui.view_models.sealing import seal_lock, seal_wrong

if TYPE_CHECKING:
    from firingorder.report.content.records import ReportOptions
    from firingorder.session.exchange.exporting import ExportOptions

FORMATS: tuple[tuple[str, str], ...] = (
    ("bids", "BIDS folder (BDF+, tables)"),
    ("bdf", "BDF+"),
    ("csv", "CSV tables"),
    ("c3d", "C3D"),
    ("parquet", "Parquet"),
    ("mat", "MATLAB (.mat)"),
)
_HINTS = {
    "bids": "For other laboratories; colleagues' programs read the folder as it is.",
    "bdf": "One file with annotations, for EDFbrowser and most EMG programs.",
    "csv": "Plain tables, for spreadsheets.",
    "c3d": "For motion laboratories.",
    "parquet": "For data science.",
    "mat": "For MATLAB and Octave.",
}
_YES_NO = (("no", "no"), ("yes", "yes"))
_SEALS = (("none", "no"), ("passphrase", "with a passphrase"), ("key", "to a key (age1…)"))


@dataclass(slots=True)
class ExportForm:
    """Format, what goes along, and how it is sealed. Nothing that names a person goes by itself."""

    title: str
    to: str = "bids"
    label: str = ""
    with_text: bool = False
    true_dates: bool = False
    seal: str = "none"
    secret: str = ""
    hint: str = ("A code of its own stands for the person; dates are moved, the order and the "
                 "intervals between them stay.")  # fmt: skip
    done_words: str = "Choose a folder"

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields as they are."""
        found = [
            FieldView("to", "Format", self.to, options=FORMATS, hint=_HINTS[self.to]),
            FieldView("label", "Code in the copy", self.label, empty="sub-01, the next free one",
                      hint="Letters and figures; never a name."),
            FieldView("with_text", "Typed words", _yes(self.with_text), options=_YES_NO,
                      hint="Notes and reasons: they may name somebody, so they stay here "
                      "unless asked for."),
            FieldView("true_dates", "True dates", _yes(self.true_dates), options=_YES_NO),
            FieldView("seal", "Sealed", self.seal, options=_SEALS,
                      hint="Encrypted with age: only who has the passphrase or the key opens it."),
        ]  # fmt: skip
        if self.seal != "none":
            words = "Passphrase" if self.seal == "passphrase" else "Key of the receiver"
            hint = "Tell it by another way than the file." if self.seal == "passphrase" else ""
            found.append(FieldView("secret", words, self.secret, hint=hint))
        return tuple(found)

    def change(self, key: str, text: str) -> str:
        """Change a field; return why it cannot be, or nothing."""
        match key:
            case "to":
                self.to = text
            case "label":
                said = "" if not text or text.isalnum() else "Letters and figures only."
                if said:
                    return said
                self.label = text
            case "with_text":
                self.with_text = text == "yes"
            case "true_dates":
                self.true_dates = text == "yes"
            case "seal":
                self.seal, self.secret = text, ""
            case _:
                self.secret = text.strip()
                return self.wrong()
        return ""

    def wrong(self) -> str:
        """Return why it cannot be done so; empty: it can."""
        return seal_wrong(self.seal, self.secret)

    def options(self) -> ExportOptions:
        """Return the options of the export."""
        from firingorder.session.exchange.exporting import ExportOptions

        lock = seal_lock(self.seal, self.secret)
        return ExportOptions(self.label or None, self.with_text, self.true_dates, lock=lock)


@dataclass(slots=True)
class ReportForm:
    """What a report shows."""

    title: str
    kind: str = "pdf"
    patient: bool = False
    names: bool = False
    free_text: bool = False
    note: str = ""
    hint: str = "One page, with every parameter in its annex."
    done_words: str = "Choose a file"

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields as they are."""
        kinds = (("pdf", "PDF, to print"), ("html", "HTML, one file"))
        return (
            FieldView("kind", "As", self.kind, options=kinds),
            FieldView("patient", "Page in plain words", _yes(self.patient), options=_YES_NO),
            FieldView("names", "Name, year of birth", _yes(self.names), options=_YES_NO,
                      hint="Else the person is a code."),
            FieldView("free_text", "Typed words", _yes(self.free_text), options=_YES_NO,
                      hint="Notes, and reasons of corrections."),
            FieldView("note", "Note", self.note, lines=3,
                      hint="Stands in the report as it is typed here."),
        )  # fmt: skip

    def change(self, key: str, text: str) -> str:
        """Change a field; return why it cannot be, or nothing."""
        match key:
            case "kind":
                self.kind = text
            case "patient":
                self.patient = text == "yes"
            case "names":
                self.names = text == "yes"
            case "free_text":
                self.free_text = text == "yes"
            case _:
                self.note = text.strip()
        return ""

    def options(self) -> ReportOptions:
        """Return the options of the report."""
        from firingorder.report.content.records import ReportOptions

        made = ReportOptions(patient=self.patient, names=self.names, free_text=self.free_text)
        return replace(made, note=self.note)


def _yes(on: bool) -> str:
    return "yes" if on else "no"
