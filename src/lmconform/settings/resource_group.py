"""The resource group that a run works in, and who named it: in the order of SAP's SDK, apart from the credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lmconform.settings import sdk_config

VARIABLE: Final = "AICORE_RESOURCE_GROUP"
_USUAL: Final = "default"


@dataclass(frozen=True, slots=True)
class Group:
    """A resource group, and ``because``: what named it, a text for people."""

    id: str
    because: str


def find(
    named: str | None, environ: Mapping[str, str], aicore_profile: str | None = None, origin: str = "--resource-group"
) -> Group:
    """The group that the user ``named`` at ``origin``, else that of the variable, else that of the file of SAP's SDK.

    Service keys name none. Without any it is ``default``, as for SAP's clients in Java and JavaScript, and the text
    says that none was named. Raises ConfigError.
    """
    if named:
        return Group(named, origin)
    if environ.get(VARIABLE):
        return Group(environ[VARIABLE], VARIABLE)
    file = sdk_config.read(environ, aicore_profile, f"profile {aicore_profile}")
    if file and file.values.get(VARIABLE):
        return Group(file.values[VARIABLE], file.shown)
    return Group(_USUAL, "none was named, see --resource-group")
