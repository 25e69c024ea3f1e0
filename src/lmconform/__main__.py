"""The door of the command, also of ``python -m lmconform``: Ctrl-C ends it in one line from the first import on."""

from __future__ import annotations

import os
import signal

from lmconform.exit_codes import ExitCode


def main() -> None:
    """Import the command line, and run it."""
    # A shell that starts a job in the background may have it ignore the signal: that stays.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    from lmconform.cli.main import main as command

    command()


def _leave(number: int, frame: object) -> None:
    """End at once: nothing has begun, and an exception would come out of the import of some library."""
    os.write(2, b"lmconform: interrupted\n")
    os._exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
