"""The door of the command, also of ``python -m lmconform``: a signal ends it in one line from the first import on."""

from __future__ import annotations

import os
import signal
import sys

from lmconform.exit_codes import ExitCode
from lmconform.run.interrupts import POLITE, is_ignored


def main() -> None:
    """Import the command line, and run it."""
    _open_streams()
    for number in (signal.SIGINT, *POLITE):
        # A shell that starts a job in the background may have it ignore a signal: that stays.
        if not is_ignored(number):
            signal.signal(number, _leave)
    from lmconform.cli.main import main as command

    command()


def _open_streams() -> None:
    """Give the process those of its three streams that it was started without: they lead nowhere.

    Else the next file that is opened would get the number of one, and what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # It gets the lowest number that is free.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115


def _leave(number: int, frame: object) -> None:
    """End at once: nothing has begun, and an exception would come out of the import of some library."""
    os.write(2, b"lmconform: interrupted\n")
    os._exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
