"""SARIF 2.1.0 (OASIS): what fails the gate as results of a static analysis, at the line of the promise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from lmconform.reporting import escaping
from lmconform.reporting.causes import Cause
from lmconform.reporting.places import gating, mark, place_of, sentence
from lmconform.results.stream import Run

SIGN: Final = re.compile(r'\{\s*"\$schema": "[^"]*sarif')
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(run: Run, out: Path) -> None:
    """Write one run of SARIF."""
    out.write_text(json.dumps(_log(run), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _log(run: Run) -> dict[str, Any]:
    found = gating(run)
    version = run.header.lmconform if run.header else ""
    driver = {"name": "lmconform", "version": version, "rules": _rules(found)}
    done = {"executionSuccessful": bool(run.footer and run.footer.complete)}
    body = {"tool": {"driver": driver}, "invocations": [done], "results": [_result(cause) for cause in found]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [body]}


def _rules(found: list[Cause]) -> list[dict[str, Any]]:
    """Each requirement once, in the order of the findings."""
    rules: dict[str, dict[str, Any]] = {}
    for cause in found:
        result = cause.first.result
        text = escaping.visible(result.text or result.id)
        properties = {"level": result.level, "evidence": result.evidence}
        rules.setdefault(
            _rule(cause), {"id": _rule(cause), "shortDescription": {"text": text}, "properties": properties}
        )
    return list(rules.values())


def _rule(cause: Cause) -> str:
    return next(iter(cause.first.result.requirements), cause.first.result.id)


def _result(cause: Cause) -> dict[str, Any]:
    where, result = place_of(cause), cause.first.result
    region = {"artifactLocation": {"uri": where.file}, "region": {"startLine": where.line}}
    return {
        "ruleId": _rule(cause),
        "level": "error",
        "message": {"text": sentence(cause)},
        "locations": [{"physicalLocation": region, "logicalLocations": [{"name": result.operation or result.item}]}],
        "partialFingerprints": {"lmconform/v1": mark(cause)},
        "properties": {"results": cause.count, "again": escaping.visible(result.again)},
    }
