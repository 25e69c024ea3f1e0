"""The keys of a target in lmconform.toml: every option of a run that says something about a target, and a few more.

A key is called as its option, with ``_`` for ``-``. An option that is added to OPTIONS is a key without a change here.
"""

from __future__ import annotations

from typing import Any, Final

from lmconform.settings.options import OPTIONS, Option
from lmconform.settings.single_values import NAMES

# About one run, or about credentials, which have a table.
_NO_KEYS: Final = frozenset({"service-key", "aicore-profile", "only", "seed", "report-dir", "history", "baseline"})
KEYS: Final[dict[str, Option]] = {option.dest: option for option in OPTIONS if option.name not in _NO_KEYS}
# A flag permits something, and that is said of one target at a time.
PERMISSIONS: Final = frozenset(key for key, option in KEYS.items() if option.kind is bool)

URL: Final = "url"
CREDENTIALS: Final = "credentials"
CONTENT: Final = ("train", "serve")
RUNS: Final = ("scenario", "executable", "artifact")
PARAMETERS: Final = "parameters"
# What may stand in the table credentials.
SERVICE_KEY: Final = "service_key"
PROFILE: Final = "aicore_profile"
VALUES: Final = tuple(name for name in NAMES if name != "base_url")
SECRETS: Final = frozenset({"client_secret", "cert_str", "key_str"})
VARIABLE: Final = "env"

OF_DEFAULTS: Final = (*(key for key in KEYS if key not in PERMISSIONS), CREDENTIALS, *CONTENT)
OF_TARGET: Final = (URL, *KEYS, CREDENTIALS, *CONTENT)
_KINDS: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def is_path(option: Option) -> bool:
    """Whether the option takes paths: those in a file count from its folder."""
    return option.metavar in ("FILE", "DIR")


def is_list(option: Option) -> bool:
    """Whether the option can be repeated."""
    return isinstance(option.default, tuple)


def kind(option: Option) -> str:
    """What a value has to be, in words."""
    return "a list of texts" if is_list(option) else _KINDS[option.kind]


def fits(option: Option, value: Any) -> bool:
    """Whether a value from a file is of the kind that the option takes."""
    if is_list(option):
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if option.kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return bool(type(value) is option.kind)
