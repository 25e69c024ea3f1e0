"""The exit codes of the process: those of pytest, and two more."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of ``lmconform run``, ``lmconform compare`` and of pytest with our plugin."""

    PASSED = 0  # the gate passed: verdict conformant, waived, or partial without --require conformant
    FAILED = 1  # the gate failed: a gating outcome, a waiver to be removed, or a regression
    INTERRUPTED = 2  # Ctrl-C, SIGTERM, SIGHUP or SIGQUIT
    INTERNAL = 3  # the harness itself broke, or a file of the run shows a secret
    USAGE = 4  # wrong option, configuration, specification or scenario; nothing was sent
    NOTHING_RAN = 5  # the selection matched no item; nothing was sent
    UNREACHABLE = 10  # the target is down, or refuses the credentials
    INCOMPLETE = 11  # the run began and could not be finished, or output could not be written
