"""The door of the command line: `python -m workbench VERB …`."""

from __future__ import annotations

import sys

from workbench.cli import main
from workbench.cli.interruption import interruptible

if __name__ == "__main__":
    with interruptible():
        code = main(sys.argv[1:])
    sys.exit(code)
