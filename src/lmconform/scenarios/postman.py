"""A workflow as a Postman collection (format 2.1): the same requests in order, outputs and criteria as scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lmconform.contract import paths
from lmconform.scenarios.conditions import compile_condition
from lmconform.scenarios.criteria import Criterion
from lmconform.scenarios.expressions import ExpressionError, parse
from lmconform.scenarios.model import Contains, Step, Workflow

_SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
# What the user sets, with the values of a mock on its usual port.
_SETTINGS: Final = {
    "baseUrl": "http://127.0.0.1:8090",
    "tokenUrl": "http://127.0.0.1:8090/oauth/token",
    "clientId": "",
    "clientSecret": "",
    "accessToken": "",
}
_EXPRESSION = re.compile(r"\$(?:inputs|steps|response|statusCode)[\w.\-]*(?:#[^\s'\"()|&=!<>]*)?")
# A poll ends after so many requests; how long that is says newman's --delay-request.
_MOST_POLLS: Final = 5000
# Reads a value of the answer by its JSON Pointer.
_AT: Final = (
    "const body = () => { try { return pm.response.json(); } catch { return undefined; } };",
    "const at = (pointer) => pointer.split('/').slice(1).reduce((v, k) => v?.[k], body()) ?? null;",
)
# The comparison of ``scenarios/compare`` in JavaScript: partial, in any order, instants by value.
HOLDS: Final = (
    "const instant = (v) => (/^\\d{4}-\\d\\d-\\d\\dT/.test(v) ? Date.parse(v) : NaN);",
    "const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);",
    "const each = (want, got, exact) => want.length === 0 || got.some((one, i) =>",
    "  holds(want[0], one, exact) && each(want.slice(1), got.filter((_, j) => j !== i), exact));",
    "const member = (want, got, exact, name) => (name === 'url' && got === want + '/') ||",
    "  (holds(want, got, exact) && !(exact.includes(name) && got.length !== want.length));",
    "const holds = (want, got, exact) => Array.isArray(want) ? Array.isArray(got) && each(want, got, exact)",
    "  : isObject(want) ? isObject(got) && Object.keys(want).every((k) => member(want[k], got[k], exact, k))",
    "  : want === got || (typeof want === 'string' && instant(want) === instant(got));",
)


def collection(workflow: Workflow) -> dict[str, Any]:
    """The collection of a workflow: a token first, then each step; its variables are the inputs and what to set."""
    variables = {**_SETTINGS, **{name: "" if v is None else v for name, v in workflow.inputs.items()}}
    return {
        "info": {"name": f"lmconform: {workflow.id}", "schema": _SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{accessToken}}", "type": "string"}]},
        "variable": [{"key": name, "value": value, "type": _type(value)} for name, value in variables.items()],
        "item": [_token(), *(_item(step) for step in workflow.steps)],
    }


def _type(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"


def _token() -> dict[str, Any]:
    fields = {"grant_type": "client_credentials", "client_id": "{{clientId}}", "client_secret": "{{clientSecret}}"}
    script = ["pm.test('token', () => pm.response.to.have.status(200));"]
    script += ["pm.collectionVariables.set('accessToken', pm.response.json().access_token);"]
    return {
        "name": "token",
        "request": {
            "method": "POST",
            "auth": {"type": "noauth"},
            "url": "{{tokenUrl}}",
            "body": {"mode": "urlencoded", "urlencoded": [{"key": k, "value": v} for k, v in fields.items()]},
        },
        "event": [_test(script)],
    }


def _item(step: Step) -> dict[str, Any]:
    request: dict[str, Any] = {"method": step.call.operation.method, "url": _url(step)}
    request["description"] = step.description
    request["header"] = [{"key": p.name, "value": _text(p.value)} for p in step.parameters if p.location == "header"]
    if step.body is not None:
        request["header"].append({"key": "Content-Type", "value": step.body.content_type})
        request["body"] = {"mode": "raw", "raw": json.dumps(_filled(step.body.payload), indent=2, ensure_ascii=False)}
    return {"name": step.id, "request": request, "event": [_test([*_AT, *_script(step)])]}


def _test(script: list[str]) -> dict[str, Any]:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": script}}


def _url(step: Step) -> str:
    values = {p.name: _text(p.value) for p in step.parameters if p.location == "path"}
    path = re.sub(r"\{([^}]+)\}", lambda found: values[found[1]], step.call.operation.path)
    query = "&".join(f"{p.name}={_text(p.value)}" for p in step.parameters if p.location == "query")
    return "{{baseUrl}}" + paths.BASE + path + (f"?{query}" if query else "")


def _script(step: Step) -> Iterator[str]:
    """What happens after the answer: poll on, take outputs, judge, go on elsewhere."""
    if step.poll is not None:
        yield from _poll(step)
    for name, value in step.outputs.items():
        yield f"pm.collectionVariables.set('{step.id}.{name}', {_javascript(str(value))});"
    for criterion in step.criteria:
        condition = _condition(criterion)
        if condition:
            name = json.dumps(f"{step.id}: {criterion.text}")
            yield f"pm.test({name}, () => pm.expect({condition}).to.equal(true));"
    if step.contains is not None:
        yield from _contains(step.id, step.contains)
    for action in step.on_success:
        conditions = [_condition(criterion) or "true" for criterion in action.criteria] or ["true"]
        if action.kind not in ("goto", "end"):
            continue
        yield f"if ({' && '.join(conditions)}) {{"
        if action.fills is not None:
            other, outputs = action.fills
            for name, value in outputs.items():
                yield f"  pm.collectionVariables.set('{other}.{name}', {_javascript(str(value))});"
        following = json.dumps(action.step) if action.kind == "goto" else "null"
        yield f"  pm.execution.setNextRequest({following});"
        yield "}"


def _contains(step: str, contains: Contains) -> Iterator[str]:
    """The answer holds what the step says, as ``scenarios/compare`` judges it."""
    yield from HOLDS
    yield f"const wanted = {_literal(contains.value)};"
    yield f"const held = {_javascript(contains.context)};"
    name = json.dumps(f"{step}: {contains.context} holds it")
    test = f"holds(wanted, held, {json.dumps(sorted(contains.exact))})"
    yield f"pm.test({name}, () => pm.expect({test}, JSON.stringify({{ wanted, held }})).to.equal(true));"


def _literal(tree: Any) -> str:
    """A value in JavaScript, its expressions as what has their value in a script."""
    if isinstance(tree, str):
        if tree.startswith("$"):
            return _read(tree)
        parts = re.split(r"\{(\$[^{}]*)\}", tree)
        words = [_read(part) if n % 2 else json.dumps(part) for n, part in enumerate(parts) if part]
        return " + ".join(words) or '""'
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)}: {_literal(value)}" for name, value in tree.items()) + "}"
    return f"[{', '.join(map(_literal, tree))}]" if isinstance(tree, list | tuple) else json.dumps(tree)


def _poll(step: Step) -> Iterator[str]:
    poll = step.poll
    assert poll is not None
    counter = f"{step.id}.polls"
    over = (
        "pm.response.code === 404"
        if poll.gone
        else f"{json.dumps(sorted(poll.good | poll.bad))}.includes(at('/status'))"
    )
    yield f"const polls = Number(pm.collectionVariables.get('{counter}') ?? 0) + 1;"
    yield f"pm.collectionVariables.set('{counter}', polls);"
    yield f"if (!({over}) && pm.response.code < 500 && polls < {_MOST_POLLS}) {{"
    yield f"  pm.execution.setNextRequest('{step.id}');"
    yield "  return;"
    yield "}"


def _condition(criterion: Criterion) -> str:
    """A condition in JavaScript; nothing for one by path."""
    if criterion.pattern:
        value = _read(criterion.expressions[0].text)
        return f"(({value}) ?? null) !== null && new RegExp({json.dumps(criterion.pattern)}).test({value})"
    try:
        compile_condition(criterion.text)
    except ExpressionError:
        return ""
    return f"({_javascript(criterion.text)})"


def _javascript(text: str) -> str:
    """The text with its runtime expressions replaced by what has their value in a script."""
    return _EXPRESSION.sub(lambda found: _read(found[0]), text)


def _read(expression: str) -> str:
    parsed = parse(expression)
    if parsed.root == "statusCode":
        return "pm.response.code"
    if parsed.root == "response":
        return f"at({json.dumps(parsed.pointer or '')})"
    return f"pm.variables.get('{_variable(expression)}')"


def _variable(expression: str) -> str:
    """The variable that holds an input, or an output of a step."""
    parts = parse(expression).parts
    return parts[1] if parts[0] == "inputs" else f"{parts[1]}.{parts[3]}"


def _text(value: Any) -> str:
    """A value as text, its expressions as variables."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value.startswith("$"):
        return f"{{{{{_variable(value)}}}}}"
    return re.sub(r"\{(\$[^{}]*)\}", lambda found: f"{{{{{_variable(found[1])}}}}}", value)


def _filled(tree: Any) -> Any:
    """A body with its expressions as variables."""
    if isinstance(tree, str):
        return _text(tree)
    if isinstance(tree, Mapping):
        return {name: _filled(value) for name, value in tree.items()}
    return [_filled(value) for value in tree] if isinstance(tree, list | tuple) else tree
