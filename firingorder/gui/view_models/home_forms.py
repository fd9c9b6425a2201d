"""What is asked before a home package is made or opened. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firingorder.gui.view_models.programme_fields import FieldView
from firingorder.gui.view_models.sealing import seal_lock, seal_wrong

if TYPE_CHECKING:
    from firingorder.recording.sealed import Key, Lock

_SEALS = (("passphrase", "with a passphrase"), ("key", "to the person's key (age1…)"))
_PHOTOS = (("no", "no"), ("yes", "yes, of a folder"))
EMPTY = "Type the passphrase first."


@dataclass(slots=True)
class PackForm:
    """How a package is sealed, and whether pictures go along."""

    title: str
    seal: str = "passphrase"
    secret: str = ""
    photos: bool = False
    hint: str = ("Programme with targets and bounds, calibration, answers about pain and red "
                 "flags. The code goes along, no name.")  # fmt: skip
    done_words: str = "Choose a file"

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields as they are."""
        word = "Passphrase" if self.seal == "passphrase" else "Key of the person"
        hint = ("Tell it by another way than the file." if self.seal == "passphrase" else
                "Anybody can seal to a key: the check number, told by another way, shows that it "
                "is yours.")  # fmt: skip
        return (
            FieldView("seal", "Sealed", self.seal, options=_SEALS),
            FieldView("secret", word, self.secret, hint=hint),
            FieldView("photos", "Pictures of pads", "yes" if self.photos else "no", options=_PHOTOS,
                      hint="Place, day and camera are taken out of them; what they show stays."),
        )  # fmt: skip

    def change(self, key: str, text: str) -> str:
        """Change a field; return why it cannot be, or nothing."""
        match key:
            case "seal":
                self.seal, self.secret = text, ""
            case "photos":
                self.photos = text == "yes"
            case _:
                self.secret = text.strip()
                return self.wrong()
        return ""

    def wrong(self) -> str:
        """Return why it cannot be done so; empty: it can."""
        return seal_wrong(self.seal, self.secret)

    def lock(self) -> Lock:
        """Return to whom it is sealed."""
        lock = seal_lock(self.seal, self.secret)
        assert lock is not None, "a package is always sealed"
        return lock


@dataclass(slots=True)
class OpenForm:
    """What opens a package."""

    title: str
    secret: str = ""
    hint: str = "Your therapist told you the passphrase."
    done_words: str = "Open"

    def fields(self) -> tuple[FieldView, ...]:
        """Return the field."""
        return (FieldView("secret", "Passphrase", self.secret),)

    def change(self, key: str, text: str) -> str:
        """Take what was typed."""
        self.secret = text.strip()
        return ""

    def wrong(self) -> str:
        """Return why it cannot be done so; empty: it can."""
        return "" if self.secret else EMPTY

    def key(self) -> Key:
        """Return what opens it."""
        from firingorder.recording.sealed import Key

        return Key(passphrase=self.secret)
