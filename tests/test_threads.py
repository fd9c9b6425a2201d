"""Our programs ask for one thread of linear algebra, and early enough."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from firingorder.threads import ONE_THREAD

CODE = (
    "import os, sys\n"
    "from firingorder.cli import main\n"
    "assert 'numpy' not in sys.modules\n"
    "main(['analyse', '/nowhere.csv'])\n"
    "import numpy\n"
    "print(os.environ['OPENBLAS_NUM_THREADS'])\n"
)


@pytest.mark.parametrize(("asked", "got"), [(None, "1"), ("2", "2")])
def test_the_command_line_asks_before_numpy_is_there(asked: str | None, got: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    if asked is not None:
        env["OPENBLAS_NUM_THREADS"] = asked
    run = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == got
