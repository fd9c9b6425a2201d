"""Widgets are tested without a screen, and without what the user of this computer keeps."""

import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="firingorder-gui-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "APPDATA", "LOCALAPPDATA"):
    os.environ[name] = _folder.name
