"""The door of the command line: `python -m workbench VERB …`."""

from __future__ import annotations

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while libraries load: there is nothing yet to be said or undone
    from workbench.cli import main
    from workbench.cli.interruption import interruptible

    with interruptible():
        code = main(sys.argv[1:])
    sys.exit(code)
