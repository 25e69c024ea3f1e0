"""Renders templates: the one place that knows the template engine, so that every value is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment(package: str) -> Environment:
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(package: str, template: str, **values: Any) -> str:
    """The file of that name in the folder templates/ of ``package`` with ``values``, which are escaped.

    ``tojson`` makes data of a script of a value (its markup is escaped as well).
    """
    return _environment(package).get_template(template).render(values)
