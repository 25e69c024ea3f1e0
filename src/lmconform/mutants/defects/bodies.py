"""Defects of how bodies are checked and stored."""

from __future__ import annotations

import re
from typing import Any

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench

SCHEMAS = "components/schemas"


def optional(bench: Bench, schema: str, *names: str) -> None:
    """Members that the schema of a body requires may be missing."""
    node = bench.schema(f"{SCHEMAS}/{schema}")
    node["required"] = [name for name in node["required"] if name not in names]


def loosen(bench: Bench, schema: str, member: str, by: dict[str, Any] | None = None) -> None:
    """The schema of a member of a body is replaced by ``by``; the default allows anything."""
    bench.schema(f"{SCHEMAS}/{schema}")["properties"][member] = by or {}


def become_texts(bench: Bench, operation: str, *names: str) -> None:
    """Members of any type are turned into texts."""

    @bench.before(operation)
    def texts(call: Call) -> None:
        for name in names:
            if name in call.body:
                call.body[name] = str(call.body[name])


def refused_yet_stored(bench: Bench, operation: str, adder: str) -> None:
    """A body that is refused is stored all the same; ``adder`` is the method of Group that stores it."""

    @bench.patch(validation, "body")
    def stored(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id != operation:
            return original(contract, asked, media_type, raw, switches)
        try:
            return original(contract, asked, media_type, raw, switches)
        except Problem as problem:
            value = validation.parse(raw)
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                return {**value, "__refused": problem}
            raise

    @bench.before(operation)
    def refuse(call: Call) -> None:
        problem = call.body.pop("__refused", None)
        if problem is not None:
            getattr(call.group, adder)(call.body)
            raise problem


def same_again(bench: Bench, operation: str) -> None:
    """A body that was sent before gets the answer that it got before."""

    made: dict[str, Reply] = {}

    @bench.instead(operation)
    def same(call: Call, handler: Handler) -> Reply:
        key = repr(sorted(call.body.items(), key=str))
        if key not in made:
            made[key] = handler(call)
        return made[key]


def oldest_configuration(bench: Bench, operation: str) -> None:
    """A configurationId that is no id stands for the first configuration that the operation can run."""
    deployable = operation == "createDeployment"

    @bench.before(operation)
    def any_will_do(call: Call) -> None:
        wanted = call.body.get("configurationId", "none")
        if isinstance(wanted, str) and re.fullmatch(r"[\w.-]{4,64}", wanted):
            return
        for found in call.group.configurations.values():
            if call.catalog.of(found).deployable is deployable:
                call.body["configurationId"] = found["id"]
                return
