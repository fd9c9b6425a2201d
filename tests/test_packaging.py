"""The wheel is whole: it works from an empty folder, and without Qt everything but the window."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "firingorder"
LOCK = ROOT / "requirements" / "lock.txt"
DATA_SUFFIXES = (".json", ".yaml", ".ttf", ".otf", ".txt", ".typed", ".md")
QT = ("pyside6", "shiboken6", "pyqtgraph")
pytest.importorskip("hatchling", reason="the build backend is part of the extra 'dev'")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], check=True
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_module_and_data_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix in (".py", *DATA_SUFFIXES)
    }
    assert {"firingorder/schemas/analysis-1.json", "firingorder/py.typed"} <= wanted
    assert wanted - inside == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    strays = [
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not name.startswith("firingorder") or "__pycache__" in name
    ]
    assert strays == []
    assert wheel.name.endswith("-py3-none-any.whl")


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    return folder


def beside(environment: Path, links: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Put the other packages of this environment beside the wheel; return the scripts folder.

    They are linked, so that no network is needed; those of ``without`` are not there.
    """
    links.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        name = entry.name.lower()
        if entry.suffix != ".pth" and not name.startswith(("firingorder", "__", *without)):
            (links / entry.name).symlink_to(entry)
    (site,) = (environment / "lib").glob("python*/site-packages")
    (site / "linked.pth").write_text(f"{links}\n", encoding="utf-8")
    return environment / "bin"


def run(scripts: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command in an empty folder, with the user's data folder inside it."""
    drop = ("PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")
    env = {k: v for k, v in os.environ.items() if k not in drop}
    env |= {"XDG_DATA_HOME": str(cwd / "data"), "QT_QPA_PLATFORM": "offscreen"}
    command = [str(scripts / "firingorder"), *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def locked() -> list[Requirement]:
    """Return the entries of the lock file, without their hashes."""
    entries = LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    lines = [line.split(" --hash=")[0] for line in entries if "==" in line and line[0] != "#"]
    return [Requirement(line.strip()) for line in lines]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_the_lock_keeps_the_ranges_of_the_project(python: str, system: str) -> None:
    """Every direct dependency is locked once per Python and system, within its range."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    here = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": system}
    versions: dict[str, list[str]] = {}
    for entry in locked():
        if entry.marker is None or entry.marker.evaluate(here):
            (pin,) = entry.specifier
            versions.setdefault(canonicalize_name(entry.name), []).append(pin.version)
    for text in [*project["dependencies"], *extras["test"], *extras["dev"]]:
        wanted = Requirement(text)
        if wanted.name == "firingorder" or (wanted.marker and not wanted.marker.evaluate(here)):
            continue
        (version,) = versions[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), f"{text} against {version}: run make lock"


def test_the_lock_is_hashed_and_names_no_place() -> None:
    text = LOCK.read_text(encoding="utf-8")
    blocks = [b for b in re.split(r"\n(?=[a-z0-9])", text) if "==" in b.split("\n", 1)[0]]
    assert len(blocks) == len(locked())
    assert [b.split("==")[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert re.findall(r"https?:|file:|--index|--find-links|^/", text, flags=re.MULTILINE) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="links packages into an environment")
def test_the_installed_wheel_finds_nothing_at_fault(environment: Path, tmp_path: Path) -> None:
    scripts = beside(environment, tmp_path / "packages")
    work = tmp_path / "empty"
    work.mkdir()
    done = run(scripts, "doctor", "--json", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert found["ok"]
    assert states["packages"] == "ok"
    assert states["package data"] == "ok"
    assert list(work.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="links packages into an environment")
def test_without_qt_only_the_window_is_missing(environment: Path, tmp_path: Path) -> None:
    scripts = beside(environment, tmp_path / "packages", without=QT)
    work = tmp_path / "empty"
    work.mkdir()
    done = run(scripts, "doctor", "--json", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["qt"]["state"] == "warning"
    assert "PySide6-Essentials" in checks["qt"]["detail"]
    assert checks["packages"]["state"] == "warning"

    device = "sim:bridge?seed=1&speed=0&channels=gluteus_maximus_left,erector_spinae_left"
    for words in (
        (
            "record",
            "--device",
            device,
            "--duration",
            "9",
            "--out",
            "s.mcap",
            "--events",
            "1.jsonl",
        ),
        ("replay", "s.mcap", "--headless", "--speed", "0", "--events", "2.jsonl"),
        ("analyse", "s.mcap", "--json", "result.json"),
        ("devices", "--json"),
    ):
        done = run(scripts, *words, cwd=work)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    result = json.loads((work / "result.json").read_text(encoding="utf-8"))
    assert result["recording"]["streams"][0]["samples"] == 9_000
    live, replayed = (findings(work / name) for name in ("1.jsonl", "2.jsonl"))
    assert any(line["event"] == "onset" for line in live)
    assert live == replayed

    refused = run(scripts, "live", "--device", device, "--no-record", cwd=work)
    assert refused.returncode == 1
    assert "PySide6" in refused.stderr
    assert "Traceback" not in refused.stderr


def findings(path: Path) -> list[dict[str, object]]:
    """Return the event lines without the one field that may differ."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in line.items() if k != "latency_ms"} for line in lines]
