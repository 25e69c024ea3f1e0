"""Renders templates: the one place that knows the template engine, so that every value is escaped."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

Finalize = Callable[[Any], Any]


@cache
def _environment(package: str, finalize: Finalize | None) -> Environment:
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(package: str, template: str, *, finalize: Finalize | None = None, **values: Any) -> str:
    """The file of that name in the folder templates/ of ``package`` with ``values``, which are escaped.

    ``finalize`` changes each value where a template shows it, before that. ``tojson`` makes data of a script of a value
    (its markup is escaped as well).
    """
    return _environment(package, finalize).get_template(template).render(values)
