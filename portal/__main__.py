"""`python -m portal` and the `portal` command."""

import signal
import sys

# Until the command itself listens, Ctrl-C ends the process without a traceback from the middle of an import.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from portal.cli import main as run  # noqa: E402


def main() -> int:
    """Run one command and return its exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
