"""Colours that can be read, fonts that are there, shapes that differ without colour."""

from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from firingorder.findings import OnsetEstimate, RepetitionVerdict
from firingorder.report import painter
from firingorder.report.ladder import build_ladder
from firingorder.report.theme import DARK, LIGHT, THEMES, Theme, blend, font, load_fonts
from firingorder.report.wording import Tone


def luminance(colour: QColor) -> float:
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: QColor, b: QColor) -> float:
    """WCAG 2.2 contrast ratio."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_can_be_read_on_every_ground(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.surface2):
        assert contrast(theme.text, ground) > 7.0
        assert contrast(theme.text2, ground) > 4.5
        assert contrast(theme.text3, ground) > 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("tone", get_args(Tone))
def test_every_tone_can_be_read_on_its_ground(theme: Theme, tone: Tone) -> None:
    ink, ground = theme.tone(tone)
    assert contrast(ink, ground) > 4.5


def test_neutral_has_no_hue_of_an_outcome() -> None:
    for theme in THEMES.values():
        hues = {theme.ok.name(), theme.close.name(), theme.back.name()}
        assert theme.tone("neutral")[0].name() not in hues
        assert hues.isdisjoint({colour.name() for colour in theme.muscles.values()})


def test_blending_ends_where_it_should() -> None:
    a, b = QColor("#5CCBFF"), QColor("#111821")
    assert blend(a, b, 1.0) == a
    assert blend(a, b, 0.0) == b
    assert blend(QColor(0, 0, 0), QColor(200, 100, 50), 0.5) == QColor(100, 50, 25)


def test_fonts_of_the_product_are_loaded(qapp: object) -> None:
    assert {"Inter", "Inter Display"} <= set(load_fonts())
    from PySide6.QtGui import QFontInfo

    for weight in (400, 500, 600, 700):
        assert QFontInfo(font(20, weight)).family() == "Inter"
    assert QFontInfo(font(60, 800, display=True)).family() == "Inter Display"


def test_tabular_figures_have_one_width(qapp: object) -> None:
    load_fonts()
    screen, paper = font(40, 600), font(40, 600, tabular=False)
    widths = [[painter.text_width(d, f) for d in "0123456789"] for f in (screen, paper)]
    assert max(widths[0]) - min(widths[0]) < 0.1  # px
    assert max(widths[1]) - min(widths[1]) > 2.0


def picture(draw) -> np.ndarray:
    image = QImage(120, 120, QImage.Format.Format_Grayscale8)
    image.fill(0)
    p = QPainter(image)
    draw(p)
    p.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(120, -1)[:, :120].astype(float)


def test_outcomes_differ_by_shape_without_any_colour(qapp: object) -> None:
    ink, ground = QColor("white"), QColor("black")
    shapes = {
        verdict: picture(
            lambda p, v=verdict: painter.draw_verdict_icon(p, QPointF(60, 60), 100, v, ink, ground)
        )
        for verdict in get_args(RepetitionVerdict)
    }
    for a, b in combinations(shapes.values(), 2):
        assert np.mean(np.abs(a - b)) > 20.0


@pytest.mark.parametrize("size", [14, 17, 62, 196])
def test_icons_stay_inside_their_size(qapp: object, size: int) -> None:
    for verdict in get_args(RepetitionVerdict):
        image = QImage(240, 240, QImage.Format.Format_Grayscale8)
        image.fill(0)
        p = QPainter(image)
        painter.draw_verdict_icon(
            p, QPointF(120, 120), size, verdict, QColor("white"), QColor("black")
        )
        p.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(240, -1)[:, :240]
        spots = np.argwhere(pixels > 40) - 120
        assert np.abs(spots).max() <= size * 0.56 + 1


@pytest.mark.parametrize("verdict", get_args(RepetitionVerdict))
@pytest.mark.parametrize("height", [60.0, 180.0, 320.0])
def test_the_ladder_draws_for_every_outcome_and_height(
    qapp: object, verdict: RepetitionVerdict, height: float
) -> None:
    load_fonts()
    onsets = {
        "gluteus_maximus_left": OnsetEstimate(5.0, 4.98, 5.02),
        "hamstring_left": None,
        "erector_spinae_left": OnsetEstimate(5.1, 5.08, 5.13),
    }
    ladder = build_ladder(onsets, (), verdict, lead_ms=100.0, movement_onset_s=5.05)
    image = QImage(460, 340, QImage.Format.Format_RGB32)
    image.fill(DARK.surface)
    p = QPainter(image)
    painter.draw_ladder(p, QRectF(10, 10, 440, height), ladder, DARK, DARK.text)
    p.end()
    colours = {image.pixelColor(x, y).name() for x in range(0, 460, 3) for y in range(0, 340, 3)}
    assert len(colours) > 10


def test_long_text_ends_in_an_ellipsis_or_shrinks(qapp: object) -> None:
    load_fonts()
    wide = font(60, 700)
    assert painter.text_width("Glutes first", wide) > 200
    fitted = painter.fit_font("Glutes first", 60, 700, 200)
    assert painter.text_width("Glutes first", fitted) <= 201
    assert painter.fit_font("Hi", 60, 700, 2000).pixelSize() == 60
