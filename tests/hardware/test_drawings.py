"""The drawings and the page of hardware/ are whole, stand alone, and say what the code says."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from firingorder.montage import DEFAULT_EIGHT
from firingorder.report.theme import LIGHT
from firingorder.signal.orientation import rotation_matrix
from firingorder.simulation.movement import NOMINAL_MOUNT_WXYZ

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "hardware" / "README.md"
FOLDER = ROOT / "hardware" / "drawings"
DRAWINGS = sorted(FOLDER.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
DISTANCE_MM = 20.0
UNITS_PER_MM = {"electrodes_back.svg": 1.1, "electrodes_side.svg": 1.4}
#: Landmarks between whose middle the pair of a muscle sits; side is added, "" for the midline.
LINES = {
    "gluteus_maximus": ("sacrum", "trochanter"),
    "gluteus_medius": ("iliac_crest", "trochanter"),
    "hamstring": ("tuberosity", "tibia_lateral"),
}
CLASSES = {
    "gmax": "gluteus_maximus",
    "gmed": "gluteus_medius",
    "ham": "hamstring",
    "es": "erector_spinae",
}
AXES = "xyz"


def root_of(name: str) -> ElementTree.Element:
    return ElementTree.parse(FOLDER / name).getroot()


def outside_references(text: str) -> list[str]:
    """Return everything in a drawing that is fetched from elsewhere or runs."""
    found = re.findall(r"<(script|image|foreignObject|iframe)\b", text)
    found += [v for v in re.findall(r'href="([^"]*)"', text) if not v.startswith("#")]
    found += [v for v in re.findall(r"url\(([^)]*)\)", text) if not v.startswith("#")]
    found += re.findall(r"@import[^;]*|@font-face|<!ENTITY[^>]*|\son\w+=", text)
    return found


def electrodes(name: str) -> dict[int, tuple[str, tuple[float, float], float]]:
    """Return muscle, centre and direction (degrees from vertical, +- 90) of each drawn channel."""
    out: dict[int, tuple[str, tuple[float, float], float]] = {}
    for element in root_of(name).iter():
        if "data-channel" in element.attrib:
            transform = element.attrib["transform"]
            place = re.search(r"translate\(([\d.]+) ([\d.]+)\)", transform)
            assert place is not None
            turn = re.search(r"rotate\((-?[\d.]+)\)", transform)
            out[int(element.attrib["data-channel"])] = (
                element.attrib["data-muscle"],
                (float(place[1]), float(place[2])),
                float(turn[1]) if turn else 0.0,
            )
    return out


def landmarks(name: str) -> dict[str, tuple[float, float]]:
    return {
        e.attrib["data-landmark"]: (float(e.attrib["cx"]), float(e.attrib["cy"]))
        for e in root_of(name).iter()
        if "data-landmark" in e.attrib
    }


def test_there_are_drawings_and_the_page_shows_each_of_them() -> None:
    linked = re.findall(r"!\[([^\]]+)\]\(drawings/([\w.]+)\)", README.read_text(encoding="utf-8"))
    assert sorted(name for _, name in linked) == [path.name for path in DRAWINGS]
    assert len(DRAWINGS) == 6
    assert all(len(words.split()) >= 5 for words, _ in linked)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_a_drawing_stands_alone(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.tag == SVG + "svg"
    assert outside_references(path.read_text(encoding="utf-8")) == []
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (SVG + "title", SVG + "desc")
    assert (title.text or "").strip()
    assert len((description.text or "").split()) > 20
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [title.get("id"), description.get("id")]


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_a_drawing_brings_its_own_ground_for_light_and_dark_pages(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    _, _, width, height = (float(v) for v in root.attrib["viewBox"].split())
    assert (float(root.attrib["width"]), float(root.attrib["height"])) == (width, height)
    shapes = [e for e in root if e.tag not in {SVG + t for t in ("title", "desc", "style", "defs")}]
    ground = shapes[0]
    assert ground.tag == SVG + "rect"
    assert ground.attrib["fill"] == "#FFFFFF"
    assert float(ground.attrib["width"]) >= width - 2
    assert float(ground.attrib["height"]) >= height - 2


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.name)
def test_every_reuse_inside_a_drawing_is_defined_there(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    known = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
    used = {e.attrib["href"][1:] for e in root.iter(SVG + "use")}
    assert used <= known


def test_a_reference_to_elsewhere_is_found() -> None:
    text = '<image/><use href="http://x.y/z.svg#a"/><a style="fill:url(b.png)"/><g onload="f()"/>'
    assert len(outside_references(text)) == 4
    assert outside_references('<use href="#a"/><a fill="url(#b)"/>') == []


def test_channels_are_the_default_montage() -> None:
    drawn = electrodes("electrodes_back.svg")
    assert tuple(drawn[k][0] for k in sorted(drawn)) == DEFAULT_EIGHT
    assert sorted(drawn) == list(range(1, 9))
    for k, (muscle, _, _) in electrodes("electrodes_side.svg").items():
        assert DEFAULT_EIGHT[k - 1] == muscle


def test_labels_carry_the_number_of_their_muscle() -> None:
    for name, count in (("electrodes_back.svg", 8), ("electrodes_side.svg", 1)):
        texts = list(root_of(name).iter(SVG + "text"))
        seen = 0
        for number, label in pairwise(texts):
            if number.get("class") == "num":
                words = (label.text or "").lower().replace(" ", "_")
                assert words == DEFAULT_EIGHT[int(number.text or "0") - 1]
                seen += 1
        assert seen == count


def test_the_page_gives_each_channel_the_same_muscle() -> None:
    rows = re.findall(
        r"^\| (\d) left, (\d) right \| ([a-z ]+)", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) == 4
    for left, right, words in rows:
        muscle = words.strip().replace(" ", "_")
        assert DEFAULT_EIGHT[int(left) - 1] == f"{muscle}_left"
        assert DEFAULT_EIGHT[int(right) - 1] == f"{muscle}_right"


def test_left_is_left_from_behind_and_both_sides_mirror() -> None:
    drawn = {
        muscle: (place, turn) for muscle, place, turn in electrodes("electrodes_back.svg").values()
    }
    for muscle in {name.rsplit("_", 1)[0] for name in DEFAULT_EIGHT}:
        (left_x, left_y), left_turn = drawn[f"{muscle}_left"]
        (right_x, right_y), right_turn = drawn[f"{muscle}_right"]
        assert left_x < 500 < right_x
        assert (left_x + right_x, left_y) == (1000, right_y)
        assert left_turn == -right_turn


@pytest.mark.parametrize("name", ["electrodes_back.svg", "electrodes_side.svg"])
def test_a_pair_sits_in_the_middle_of_its_line_and_along_it(name: str) -> None:
    marks = landmarks(name)
    checked = 0
    for muscle, (x, y), turn in electrodes(name).values():
        kind, side = muscle.rsplit("_", 1)
        if kind not in LINES:
            continue
        (ax, ay), (bx, by) = (marks.get(f"{m}_{side}") or marks[m] for m in LINES[kind])
        assert (x, y) == pytest.approx(((ax + bx) / 2, (ay + by) / 2), abs=0.6)
        if kind == "gluteus_maximus":  # its direction: PSIS to the middle of the thigh
            ax, ay = marks[f"psis_{side}"]
            knee_y = marks[f"tibia_lateral_{side}"][1] - 17  # joint line, above the epicondyle
            (bx, by) = (
                500 + (118 if side == "right" else -118),
                (marks[f"trochanter_{side}"][1] + knee_y) / 2,
            )
        along = math.degrees(math.atan2(-(bx - ax), by - ay))
        assert turn == pytest.approx(along, abs=0.5)
        checked += 1
    assert checked == (6 if name == "electrodes_back.svg" else 1)


@pytest.mark.parametrize("name", sorted(UNITS_PER_MM))
def test_two_electrodes_of_a_pair_are_20_mm_apart_to_scale(name: str) -> None:
    root = root_of(name)
    groups = [
        g
        for g in root.iter(SVG + "g")
        if "data-channel" in g.attrib or (g.get("id") or "").startswith("pair-")
    ]
    assert groups
    for group in groups:
        places = {float(c.attrib["cy"]) for c in group.iter(SVG + "circle")}
        assert max(places) - min(places) == pytest.approx(DISTANCE_MM * UNITS_PER_MM[name])


def test_muscles_have_the_colours_of_the_product() -> None:
    for name in ("electrodes_back.svg", "electrodes_side.svg", "belt.svg"):
        style = root_of(name).findtext(SVG + "style") or ""
        for short, colour in re.findall(
            r"\.(gmax|gmed|ham|es) \{ (?:fill|stroke): (#\w{6})", style
        ):
            assert colour == LIGHT.muscles[CLASSES[short]].name().upper()


def test_the_axes_drawn_are_those_of_the_code() -> None:
    root = root_of("pelvis_sensor.svg")
    matrix = np.zeros((3, 3))
    for element in root.iter(SVG + "text"):
        if "data-axis" in element.attrib:
            words = re.fullmatch(r"pelvis ([xyz]) = +(-?)sensor ([xyz])", element.text or "")
            assert words is not None
            assert words[1] == element.attrib["data-axis"]
            matrix[AXES.index(words[1]), AXES.index(words[3])] = -1.0 if words[2] else 1.0
    assert np.allclose(matrix, rotation_matrix(NOMINAL_MOUNT_WXYZ))
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_the_quaternion_drawn_and_written_is_that_of_the_code() -> None:
    root = root_of("pelvis_sensor.svg")
    (drawn,) = [e for e in root.iter() if "data-quaternion" in e.attrib]
    (wire,) = [e for e in root.iter() if "data-wire" in e.attrib]
    values = tuple(float(v) for v in drawn.attrib["data-quaternion"].split())
    assert values == NOMINAL_MOUNT_WXYZ
    assert drawn.text == "(" + ", ".join(f"{v:g}" for v in values) + ")"
    assert [int(v) for v in wire.attrib["data-wire"].split()] == [v * 16384 for v in values]
    assert (drawn.text or "") in README.read_text(encoding="utf-8")


def test_the_page_says_the_same_axes() -> None:
    matrix = rotation_matrix(NOMINAL_MOUNT_WXYZ)
    words = []
    for row, axis in zip(matrix, AXES, strict=True):
        k = int(np.argmax(np.abs(row)))
        words.append(f"{axis} = {'-' if row[k] < 0 else ''}{AXES[k]}")
    text = re.sub(r"\s+", " ", README.read_text(encoding="utf-8"))
    assert f"pelvis {', '.join(words)} of the sensor" in text


def test_every_make_target_on_the_page_is_a_rule_of_the_firmware() -> None:
    firmware = ROOT / "hardware" / "firmware"
    named = re.findall(r"`make -C hardware/firmware ([^`]+)`", README.read_text(encoding="utf-8"))
    assert len(named) >= 5
    for words in named:
        options = re.fullmatch(r"(?:-f (\S+) )?([a-z0-9 -]+)", words)
        assert options is not None
        rules = (firmware / (options[1] or "Makefile")).read_text(encoding="utf-8")
        known = set(re.findall(r"^([a-z0-9-]+):", rules, re.MULTILINE))
        assert set(options[2].split()) <= known
