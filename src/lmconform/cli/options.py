"""Options of a run as options of a command: each is described once, in ``settings/options``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import click
from click.core import ParameterSource

from lmconform.settings.options import OPTIONS


def of_a_run(names: Collection[str] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorates a command with the options of a run, or with those that ``names`` has."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(OPTIONS):
            if names and option.name not in names:
                continue
            rest: dict[str, Any] = {"help": option.help, "default": option.default}
            if option.kind is bool:
                rest["is_flag"] = True
            elif option.default == ():
                rest |= {"multiple": True, "metavar": option.metavar}
            else:
                # Choices are checked by RunConfig, which knows a better message.
                rest |= {"type": option.kind, "metavar": option.metavar or "|".join(option.choices)}
                rest["show_default"] = option.default is not None
            function = click.option(f"--{option.name}", option.dest, **rest)(function)
        return function

    return decorate


def given(options: dict[str, Any]) -> dict[str, Any]:
    """The options that stand on the command line; the others may come from lmconform.toml."""
    source = click.get_current_context().get_parameter_source
    return {dest: value for dest, value in options.items() if source(dest) is not ParameterSource.DEFAULT}
