"""Holds the lines of results.jsonl against the schema in the wheel."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Final

import jsonschema_rs

# Characters of one message: it may hold the value that is wrong.
_LONGEST: Final = 200


def problem(event: dict[str, Any]) -> str:
    """What keeps a JSON object from being a line of results.jsonl, the first of it; empty when nothing does."""
    kind = event.get("type")
    validators = _validators()
    if not isinstance(kind, str) or kind not in validators:
        return f"type is {json.dumps(kind)[:_LONGEST]}, and no event ({', '.join(validators)})"
    error = next(iter(validators[kind].iter_errors(event)), None)
    if error is None:
        return ""
    place = ".".join(map(str, error.instance_path))
    return f"{kind}{'.' if place else ''}{place}: {error.message}"[:_LONGEST]


@cache
def _validators() -> dict[str, jsonschema_rs.Draft202012Validator]:
    """A validator for each type of event: errors of ``oneOf`` would not say which one was meant."""
    whole = json.loads((resources.files("lmconform.results") / "schemas" / "results.schema.json").read_text())
    kinds = [one["$ref"].rpartition("/")[2] for one in whole["oneOf"]]
    return {
        kind: jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]}) for kind in kinds
    }
