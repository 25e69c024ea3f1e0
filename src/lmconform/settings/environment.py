"""The secrets in the environment: the processes that a run starts get credentials by other ways."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Final

from lmconform.settings import proxies

# The variables of SAP's SDK that hold a secret or a key as text (fact E3), and that of `lmconform mock`.
SECRETS: Final = (
    "AICORE_CLIENT_SECRET",
    "AICORE_SERVICE_KEY",
    "AICORE_CERT_STR",
    "AICORE_KEY_STR",
    "VCAP_SERVICES",
    "LMCONFORM_MOCK_CLIENT_SECRET",
)


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that needs no credentials."""
    return {name: value for name, value in environ.items() if not _is_secret(name, value)}


def take_secrets(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Remove the secrets; returns them, to be put back."""
    return {name: environ.pop(name) for name in list(environ) if _is_secret(name, environ[name])}


def _is_secret(name: str, value: str) -> bool:
    return name in SECRETS or proxies.has_secret(name, value)
