"""The ``lmconform`` command: finds its subcommands, turns our errors into one line and an exit code."""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from contextlib import suppress

import click

from lmconform import __version__
from lmconform.errors import HarnessError, did_you_mean
from lmconform.evidence import streams
from lmconform.exit_codes import ExitCode
from lmconform.reporting import escaping
from lmconform.run.interrupts import POLITE, is_behind, is_ignored

_COMMANDS = {
    "run": "Run scenarios, probes and fuzz against a target.",
    "doctor": "Check whether a target can be tested.",
    "init": "Write lmconform.toml for a service key.",
    "targets": "List the targets of lmconform.toml.",
    "cleanup": "Delete what a run left on a target.",
    "mock": "Serve the embedded mock.",
    "rejudge": "Apply the checks to recorded exchanges.",
    "show": "Show the findings of a run, or the requests of an item.",
    "compare": "Compare two runs.",
    "report": "Make the reports of a run again.",
    "history": "Show the runs of a target, and what is broken, flaky or fixed.",
    "waivers": "Check and suggest waivers: known defects that do not gate.",
    "explain": "Explain a requirement or another id, with its source.",
    "list": "List items, requirements, operations, mutants and others.",
    "mutants": "Run the suite against mocks with one defect each.",
    "export": "Write a scenario as a Postman collection.",
    "distill": "Compute the profile gate from a kill matrix.",
}

_EXIT_CODES = """\b
Exit codes:
  0   the gate passed: conformant, waived, or partial without --require conformant
  1   the gate failed, a waiver has to be removed, or compare or --baseline found a regression
  2   interrupted by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT
  3   lmconform had an internal error, or a file of the run contains a secret
  4   wrong option, configuration, specification or scenario; nothing was sent
  5   the selection matched nothing; nothing was sent
  10  the target is down, or refuses the credentials
  11  the run began and could not be finished, or the output could not be written"""


class _Commands(click.Group):
    """Imports a subcommand when it is called for: starting the mock must not wait for schemathesis."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"lmconform.cli.{'list_' if name == 'list' else name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"{args[0]!r} is no command{did_you_mean(args[0], _COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="lmconform", prog_name="lmconform")
def cli() -> None:
    """Conformance harness for the AI API of SAP AI Core (/v2/lm)."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with one of our exit codes."""
    streams.guard()
    try:
        for number in (signal.SIGINT, *POLITE):
            if not is_ignored(number):
                signal.signal(number, signal.default_int_handler)
        code = cli.main(arguments, prog_name="lmconform", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = ExitCode.USAGE
    except click.ClickException as error:
        _say(f"lmconform: error: {error.format_message()}")
        code = ExitCode.USAGE
    except HarnessError as error:
        _say(f"lmconform: error: {escaping.terminal(str(error))}")
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("lmconform: interrupted")
        code = ExitCode.INTERRUPTED
    except streams.OutputLost as error:
        # Where a pager or head has read enough there is no reason to complain.
        code = ExitCode.PASSED if error.is_closed else ExitCode.INCOMPLETE
        if not error.is_closed:
            _say(f"lmconform: error: standard output cannot be written ({error})")
    except Exception as error:
        code = _unexpected(error)
    # Once a signal broke into source text that is executed (an import of dataclasses does that), CPython ends the
    # process by that signal in place of our exit code, until more source text was executed.
    exec("")  # noqa: S102 (constant)
    sys.exit(int(code or 0))


def _unexpected(error: Exception) -> ExitCode:
    """Say what nobody foresaw; behind some errors is an interrupt."""
    if is_behind(error):
        _say("lmconform: interrupted")
        return ExitCode.INTERRUPTED
    for line in traceback.format_exception(error):
        for row in line.splitlines():
            # Behind a bar: a line of the text of an error may look like one of ours.
            _say(f"| {escaping.terminal(row)}")
    words = escaping.terminal(f"{type(error).__name__}: {error}")
    _say(f"lmconform: internal error: {words}; please report it")
    return ExitCode.INTERNAL


def _say(line: str) -> None:
    """Print a line on standard error; where that cannot be written, the exit code says it alone."""
    with suppress(OSError):
        click.echo(line, err=True)
