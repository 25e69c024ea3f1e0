"""The JSON Schema (draft 2020-12) of lmconform.toml, for editors: made of the keys and their options."""

from __future__ import annotations

from typing import Any, Final

from lmconform.settings import target_keys as keys
from lmconform.settings.options import Option

FILE_NAME: Final = "lmconform.schema.json"
_TEXT: Final = {"type": "string", "minLength": 1}
_PARAMETERS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string"}


def schema() -> dict[str, Any]:
    """The schema; it describes the shape, and what it cannot say is checked when the file is read."""
    shared = {"$ref": "#/$defs/credentials"}, {"$ref": "#/$defs/runs"}
    of_all = {key: _described(option) for key, option in keys.KEYS.items()}
    of_all |= {keys.CREDENTIALS: shared[0], **dict.fromkeys(keys.CONTENT, shared[1])}
    url = _TEXT | {"description": "Base URL of the API; not needed where the credentials have it."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lmconform.toml: targets of lmconform run",
        **_object(
            {
                "defaults": _object({key: of_all[key] for key in keys.OF_DEFAULTS})
                | {"description": "What every target has that does not say otherwise."},
                "targets": {
                    "description": "Targets by their names: lmconform run NAME.",
                    "type": "object",
                    "propertyNames": {"pattern": "^(?!mock$)[A-Za-z][A-Za-z0-9_-]{0,63}$"},
                    "additionalProperties": {"$ref": "#/$defs/target"},
                },
            }
        ),
        "$defs": {
            "target": _object({keys.URL: url, **of_all}),
            "credentials": _credentials(),
            "variable": _object({keys.VARIABLE: {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}})
            | {"description": "The value of an environment variable.", "required": [keys.VARIABLE]},
            "runs": _object({**dict.fromkeys(keys.RUNS, _TEXT), keys.PARAMETERS: _PARAMETERS})
            | {
                "description": "A scenario, its executable, the URL of the artifacts that it gets, its parameters.",
                "dependentRequired": {"scenario": ["executable"], "executable": ["scenario"]},
            },
        },
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _described(option: Option) -> dict[str, Any]:
    value: dict[str, Any] = {"type": _TYPES[option.kind]}
    if option.choices:
        value["enum"] = list(option.choices)
    if option.least is not None:
        value["minimum"] = option.least
    if keys.is_list(option):
        value = {"type": "array", "items": value}
    return {"description": option.help, **value}


def _credentials() -> dict[str, Any]:
    variable = {"$ref": "#/$defs/variable"}
    text_or_variable = {"anyOf": [_TEXT, variable]}
    single = {name: variable if name in keys.SECRETS else text_or_variable for name in keys.VALUES}
    path = text_or_variable | {"description": "Path of SAP's service key, or a variable that holds its JSON."}
    profile = _TEXT | {"description": "A profile of SAP's SDK: ~/.aicore/config_NAME.json."}
    found = _object({keys.SERVICE_KEY: path, keys.PROFILE: profile, **single})
    lone = [{"required": [name], "maxProperties": 1} for name in (keys.SERVICE_KEY, keys.PROFILE)]
    several = {"required": ["client_id"], "not": {"anyOf": [{"required": way["required"]} for way in lone]}}
    return found | {"description": "Where the credentials are; never a secret.", "anyOf": [*lone, several]}
