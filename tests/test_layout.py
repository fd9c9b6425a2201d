"""The package's `signal` never stands in for the standard library's, and headless means no Qt."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
ENV = {k: v for k, v in os.environ.items() if k not in ("PYTHONSAFEPATH", "PYTHONPATH")}
SHADOWED = ("signal", "subprocess", "asyncio")


@pytest.mark.parametrize("module", SHADOWED)
def test_inside_the_package_the_wrong_signal_is_refused_with_advice(module: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT / "firingorder",
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "Run from the repository root" in run.stderr


@pytest.mark.parametrize("module", SHADOWED)
def test_at_the_root_the_standard_library_is_untouched(module: str) -> None:
    code = f"import {module}, signal; signal.SIGINT"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENV, check=False)
    assert run.returncode == 0


def test_the_command_line_loads_no_qt() -> None:
    code = (
        "import sys, firingorder.cli\n"
        "print([m for m in sys.modules if m.partition('.')[0] in "
        "('PySide6', 'shiboken6', 'pyqtgraph')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENV, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["devices", "doctor", "library", "simulate"])
def test_commands_that_analyse_nothing_do_not_wait_for_the_analysis(command: str) -> None:
    """`devices` took three seconds of processor time, half of them to load scipy.signal."""
    code = (
        f"import sys, firingorder.cli.{command}\n"
        "print([m for m in ('scipy.signal', 'scipy.io', 'firingorder.session.engine') "
        "if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENV, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_no_test_folder_is_a_package() -> None:
    """With an ``__init__.py``, tests/signal would replace the standard library's module."""
    assert sorted((ROOT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("folder", ["firingorder", "benchmarks", "tools"])
def test_modules_and_functions_stay_short_enough_to_hold_in_mind(folder: str) -> None:
    """250 lines a module and 40 a function are the rule; 400 and 70 are refused."""
    long: dict[str, int] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        if (lines := len(text.splitlines())) > 400:
            long[name] = lines
        for node in functions(ast.parse(text)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > 70:
                long[f"{name}:{node.name}"] = length
    assert long == {}


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give the functions within a node, of any depth; no expression holds one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        if not isinstance(child, ast.expr):
            yield from functions(child)


def test_imports_go_one_way() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    if not lint_imports.exists():
        pytest.skip("import-linter is not installed beside this Python (extra: dev)")
    run = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, env=ENV, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:]
