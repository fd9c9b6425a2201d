"""``python -m firingorder``."""

from __future__ import annotations

import sys

from firingorder.cli import main

if __name__ == "__main__":
    sys.exit(main())
