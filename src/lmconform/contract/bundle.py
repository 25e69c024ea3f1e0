"""Finds specs/, scenarios/ and tests/conformance/ in an installed wheel or in a checkout."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lmconform.errors import ContractError

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def root() -> Path:
    """The folder that holds ``specs``, ``scenarios`` and ``tests/conformance``."""
    for candidate in (_PACKAGE / "_bundle", _PACKAGE.parent.parent):
        if (candidate / "specs" / "lm" / "openapi.yaml").is_file():
            return candidate
    raise ContractError(f"specs/lm/openapi.yaml is not beside {_PACKAGE}; install lmconform again")


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in the YAML file at ``path``; ContractError names file and line."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - derived from the safe loader
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise ContractError(f"{where}: not valid YAML ({problem}); mend the file") from error
    if not isinstance(data, dict):
        raise ContractError(f"{path}: expected a mapping at the top, got {type(data).__name__}")
    return data


def digest(paths: list[Path]) -> str:
    """SHA-256 over the named files, in order, as hexadecimal text."""
    sha = hashlib.sha256()
    for path in paths:
        sha.update(path.read_bytes())
    return sha.hexdigest()


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON sees it: a timestamp stays the text that somebody wrote."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
