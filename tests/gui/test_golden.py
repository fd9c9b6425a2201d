"""A dozen pictures that must not change unseen. How to renew them: tests/gui/pictures.py."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import qVersion
from PySide6.QtGui import QImage

from tests.gui.pictures import golden

FOLDER = Path(__file__).with_name("golden")
#: A pixel differs where a colour does by more than this; so much of a picture may.
STEPS, SHARE = 8, 0.001


def colours(image: QImage) -> np.ndarray:
    """Return ``(height, width, 3)``."""
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    shape = (flat.height(), flat.width(), 4)
    return np.frombuffer(flat.constBits(), np.uint8).reshape(shape)[:, :, :3].astype(int)


def differing(a: QImage, b: QImage) -> float:
    """Return the share of pixels that differ; 1 for another size."""
    if a.size() != b.size():
        return 1.0
    return float((np.abs(colours(a) - colours(b)) > STEPS).any(axis=2).mean())


def test_the_pictures_are_as_they_were(qapp, tmp_path) -> None:
    """Where one is not, want, got and difference lie side by side in the folder it names."""
    drawn_by = (FOLDER / "qt.txt").read_text().strip()
    if drawn_by.rsplit(".", 1)[0] != qVersion().rsplit(".", 1)[0]:
        pytest.skip(f"letters are drawn otherwise by Qt {qVersion()}; these are of {drawn_by}")
    names, changed = [], []
    for name, got in golden():
        names.append(name)
        want = QImage(str(FOLDER / f"{name}.png"))
        share = differing(want, got)
        if share > SHARE:
            changed.append(f"{name}: {share:.2%}")
            want.save(str(tmp_path / f"{name}_want.png"))
            got.save(str(tmp_path / f"{name}_got.png"))
            if want.size() == got.size():
                apart = np.abs(colours(want) - colours(got)).max(axis=2).astype(np.uint8)
                grey = QImage(apart.tobytes(), got.width(), got.height(), got.width(),
                              QImage.Format.Format_Grayscale8)  # fmt: skip
                grey.save(str(tmp_path / f"{name}_apart.png"))
    assert not changed, f"{', '.join(changed)}; see {tmp_path}"
    assert sorted(names) == sorted(path.stem for path in FOLDER.glob("*.png"))


def test_a_change_of_a_word_would_be_seen() -> None:
    want = QImage(str(FOLDER / "floor_back_dark.png"))
    assert differing(want, want) == 0.0
    assert differing(want, QImage(str(FOLDER / "floor_unclear_dark.png"))) > 20 * SHARE
