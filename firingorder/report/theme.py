"""Colours, fonts and type sizes: the one place where they are written down.

The palette was checked with the colour-vision simulation of Machado et al. (2009). Contrast of
text, and of outcomes on their ground, is at least 4.5 (a test computes it), and no outcome is told
by colour alone. The hues of the outcomes are never used for muscles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from threading import get_ident
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firingorder.report.wording import Tone

FAMILY = "Inter"
DISPLAY_FAMILY = "Inter Display"
ThemeName = Literal["dark", "light"]

# Type sizes of the desk view in pixels at 96 dpi. 12 px is for the numbers of axes only.
AXIS_PX, SMALL_PX, BODY_PX, TITLE_PX, NUMBER_PX, HEADLINE_PX = 12, 13, 15, 17, 24, 36


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the product, by its role."""

    name: ThemeName
    background: QColor
    surface: QColor
    surface2: QColor
    line: QColor
    strong_line: QColor
    text: QColor
    text2: QColor
    text3: QColor
    ok: QColor
    ok_on: QColor
    close: QColor
    close_on: QColor
    back: QColor
    back_on: QColor
    accent: QColor
    pelvis: QColor
    record: QColor
    muscles: Mapping[str, QColor]

    def muscle(self, name: str) -> QColor:
        """Return the colour of a muscle or channel; channels that name no muscle are grey."""
        for muscle, colour in self.muscles.items():
            if name.startswith(muscle):
                return colour
        return self.text2

    def tone(self, tone: Tone) -> tuple[QColor, QColor]:
        """Return ink and ground of a tone. ``neutral`` has no hue: no target, no judgement."""
        return {
            "neutral": (self.text, self.surface2),
            "ok": (self.ok, self.ok_on),
            "close": (self.close, self.close_on),
            "back": (self.back, self.back_on),
            "muted": (self.text2, self.surface2),
        }[tone]


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Return the opaque colour that ``over`` with opacity ``share`` on ``under`` looks like.

    Translucent pens cost five times an opaque one, so dim colours are mixed beforehand.
    """
    rest = 1.0 - share
    return QColor(
        round(over.red() * share + under.red() * rest),
        round(over.green() * share + under.green() * rest),
        round(over.blue() * share + under.blue() * rest),
    )


def _theme(name: ThemeName, colours: str, muscles: str) -> Theme:
    values = [QColor(value) for value in colours.split()]
    names = ("gluteus_maximus", "gluteus_medius", "hamstring", "erector_spinae", "tensor_fasciae")
    inks = [QColor(value) for value in muscles.split()]
    return Theme(name, *values, muscles=MappingProxyType(dict(zip(names, inks, strict=True))))


DARK = _theme(
    "dark",
    "#0A0E13 #111821 #18212C #263341 #3A4A5B #F1F5F9 #A7B4C2 #7C8C9C "
    "#2BD4A4 #0E2B26 #FFD873 #2B2614 #FF6B3D #351B12 #6FB7FF #D7DEE6 #FF4D5E",
    "#5CCBFF #6F86FF #A45EEA #FFA3C4 #A7B4C2",
)
LIGHT = _theme(
    "light",
    "#F3F6F9 #FFFFFF #F0F4F8 #DBE3EB #B9C6D3 #0F1B27 #47586A #586A7E "
    "#00795C #E0F5EE #8A6100 #FBF1D9 #A3200B #FBE4DF #0B63C4 #34495E #D11F36",
    "#0A86C8 #27379E #8E4FC9 #C2185B #47586A",
)
THEMES: Mapping[str, Theme] = MappingProxyType({"dark": DARK, "light": LIGHT})


@lru_cache(maxsize=1)
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts with the running application; return their families.

    Without them a machine that has no font draws empty boxes and says nothing.
    """
    families: list[str] = []
    for entry in sorted(files("firingorder.report").joinpath("fonts").iterdir(), key=str):
        if not entry.name.endswith(".otf"):
            continue
        with as_file(entry) as path:
            number = QFontDatabase.addApplicationFont(str(path))
        families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(sorted(set(families)))


def font(px: int, weight: int = 500, *, display: bool = False, tabular: bool = True) -> QFont:
    """Return a font of the product; built once per size, weight and thread.

    A font remembers what it was drawn with, so two threads must not share one: reports are made
    beside the running window. ``display`` is the cut for large sizes. ``tabular`` gives all digits
    one width, so that numbers do not dance; it must be off in PDF, where the alternate glyphs have
    no Unicode mapping.
    """
    return _font(px, weight, display, tabular, get_ident())


@lru_cache(maxsize=256)
def _font(px: int, weight: int, display: bool, tabular: bool, _thread: int) -> QFont:
    made = QFont(DISPLAY_FAMILY if display else FAMILY)
    made.setPixelSize(max(1, px))
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    features = {"tnum": 1} if tabular else {"tnum": 0, "calt": 0, "liga": 0}
    for feature, value in features.items():
        made.setFeature(QFont.Tag(feature), value)
    return made
