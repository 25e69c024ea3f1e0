"""Applies an OpenAPI Overlay (1.0.0): ``update`` merges, ``remove`` deletes, in file order."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import jsonpath_rfc9535 as jsonpath

from lmconform.contract.bundle import read_yaml
from lmconform.errors import ContractError


def apply(document: dict[str, Any], overlay_file: Path) -> dict[str, Any]:
    """A copy of ``document`` with the actions of ``overlay_file`` carried out.

    An action whose target matches nothing is an error here: a stale overlay would otherwise
    leave the description as it was, without a notice.
    """
    actions = read_yaml(overlay_file).get("actions")
    if not isinstance(actions, list) or not actions:
        raise ContractError(f"{overlay_file}: has no list of 'actions'; the Overlay specification requires it")
    result = copy.deepcopy(document)
    for number, action in enumerate(actions, 1):
        where = f"{overlay_file}: action {number}"
        if not isinstance(action, dict) or ("update" not in action and not action.get("remove")):
            raise ContractError(f"{where}: has neither 'update' nor 'remove: true'")
        try:
            nodes = list(jsonpath.find(action["target"], result))
        except KeyError as error:
            raise ContractError(f"{where}: has no {error}; the Overlay specification requires it") from error
        except jsonpath.JSONPathError as error:
            raise ContractError(f"{where}: {action['target']!r} is no JSONPath ({error})") from error
        if not nodes:
            raise ContractError(f"{where}: {action['target']!r} matches nothing in the description")
        for node in nodes:
            if action.get("remove"):
                del _at(result, node.location[:-1])[node.location[-1]]
            elif isinstance(node.value, list):
                node.value.append(copy.deepcopy(action["update"]))
            elif isinstance(node.value, dict):
                _merge(node.value, action["update"])
            else:
                raise ContractError(f"{where}: {action['target']!r} is neither object nor array")
    return result


def _at(document: Any, location: tuple[int | str, ...]) -> Any:
    for key in location:
        document = document[key]
    return document


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif isinstance(value, list) and isinstance(target.get(key), list):
            target[key].extend(copy.deepcopy(value))
        else:
            target[key] = copy.deepcopy(value)
