"""The legal choices that nobody published: every row is a switch with a default and its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.errors import ConfigError, did_you_mean


@dataclass(frozen=True, slots=True)
class Switch:
    """One open point: the first of ``values`` is the default."""

    name: str
    values: tuple[str, ...]
    text: str
    source: str


SWITCHES = (
    Switch("no-authorization", ("403", "401"), "status without an Authorization header", "D2"),
    Switch("missing-resource-group", ("400", "default"), "AI-Resource-Group left out", "F17"),
    Switch("unknown-resource-group", ("403", "404"), "a resource group that does not exist", "F18"),
    Switch("path-id-invalid", ("400", "404"), "a path id that breaks its pattern", "F63"),
    Switch("invalid-query", ("400", "ignore"), "a query parameter that breaks its schema", "F3"),
    Switch("unsupported-media-type", ("415", "400"), "a body of another media type", "F62"),
    Switch("unknown-scenario-on-artifact", ("accept", "400"), "an artifact for an unknown scenario", "F21"),
    Switch("unknown-artifact-on-configuration", ("accept", "400"), "a binding to an unknown artifact", "F20"),
    Switch("unknown-executable", ("400", "404"), "a configuration for an unknown executable", "F19"),
    Switch("unknown-configuration", ("400", "404"), "an execution of an unknown configuration", "F23"),
    Switch("forbidden-stop", ("400", "412"), "PATCH STOPPED in a status that forbids it", "C3"),
    Switch("forbidden-delete", ("412", "400"), "DELETE in a status that forbids it", "C3"),
    Switch("second-delete", ("202", "404", "412"), "DELETE while targetStatus is DELETED already", "J"),
    Switch("list-order", ("created", "reverse"), "order of lists", "F3"),
    Switch("count-under-top", ("page", "total"), "count of a list that $top cuts", "F1"),
    Switch("null-optionals", ("absent", "null"), "optional members without a value", "D1"),
    Switch("labels-when-none", ("absent", "empty"), "labels of an artifact that has none", "D1"),
    Switch("location", ("relative", "absolute", "absent"), "form of the Location header", "F55"),
    Switch("execution-progress", ("no", "yes"), "an undeclared member progress on executions", "D1"),
    Switch("error-request-id", ("requestId", "requestID", "request_id", "absent"), "its name in errors", "D2"),
    Switch("error-details", ("absent", "array", "object"), "form of details in errors", "D2"),
    Switch("metrics-duplicate", ("append", "replace"), "the same metric point sent twice", "F37"),
    Switch("metrics-unknown-execution", ("204", "400"), "metrics of an execution that does not exist", "F42"),
    Switch("metrics-server-tags", ("no", "yes"), "tags that the server adds", "F39"),
    Switch("metrics-filter", ("yes", "501"), "whether $filter on metrics is implemented", "F33"),
    Switch("count-media-type", ("text", "json"), "media type of $count", "A1"),
    Switch("metrics-partly-unknown", ("200", "404"), "several execution ids, some unknown", "F32"),
    Switch("unknown-path-body", ("json", "text", "empty"), "body of 404 and 405 outside the operations", "F57"),
)


class Switches:
    """The chosen values; ``switches["list-order"]``."""

    def __init__(self, chosen: Iterable[str] = ()) -> None:
        self._values = {switch.name: switch.values[0] for switch in SWITCHES}
        legal = {switch.name: switch.values for switch in SWITCHES}
        for choice in chosen:
            name, equals, value = choice.partition("=")
            if name not in legal:
                raise ConfigError(f"--switch {choice}: {name!r} is no switch{did_you_mean(name, legal)}")
            if not equals or value not in legal[name]:
                raise ConfigError(f"--switch {choice}: expected {name}={'|'.join(legal[name])}")
            self._values[name] = value

    def __getitem__(self, name: str) -> str:
        return self._values[name]
