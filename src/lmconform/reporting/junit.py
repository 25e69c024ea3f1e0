"""JUnit XML from results.jsonl: a broken requirement is a failure, our own mistake an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from lmconform.judgement import Outcome
from lmconform.reporting import escaping
from lmconform.reporting.finding import Finding
from lmconform.reporting.terminal import rows
from lmconform.results.events import Result
from lmconform.results.stream import Run

# What says neither that the target holds the contract, nor that it has to be mended now.
_SKIPPED: Final = (Outcome.NOT_APPLICABLE, Outcome.NOT_TESTABLE, Outcome.XFAIL)
SIGN: Final = re.compile(r"<\?xml [^>]*>\s*<testsuites name=\"lmconform\"")


def write(run: Run, out: Path) -> None:
    """One suite per kind of item, one case per result, ids of items as names."""
    suites: dict[str, list[Result]] = {}
    for result in run.results.values():
        suites.setdefault(result.item.partition("/")[0], []).append(result)
    root = ET.Element("testsuites", name="lmconform")
    for kind, results in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": kind, **_counts(results)})
        for result in results:
            _case(suite, kind, result)
    if run.footer is None or not run.footer.complete:
        suite = ET.SubElement(root, "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0")
        case = ET.SubElement(suite, "testcase", classname="lmconform.run", name="complete", time="0")
        reason = run.footer.message if run.footer else "the run has no footer"
        ET.SubElement(case, "error", message=escaping.xml(f"the run is incomplete: {reason}"))
    ET.indent(root)
    ET.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)


def _case(suite: ET.Element, kind: str, result: Result) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=f"lmconform.{kind}", name=escaping.xml(result.id), time=f"{result.duration:.3f}"
    )
    if result.outcome == Outcome.ERROR:
        ET.SubElement(case, "error", message=escaping.xml(result.message)).text = _paragraph(result)
    elif result.gates:
        ET.SubElement(
            case, "failure", message=escaping.xml(Finding(result).brief), type=result.outcome
        ).text = _paragraph(result)
    elif result.outcome in _SKIPPED:
        reason = result.waiver if result.outcome == Outcome.XFAIL else result.because
        ET.SubElement(case, "skipped", message=escaping.xml(f"{result.outcome}: {reason}"))
    elif result.outcome != Outcome.PASS:
        ET.SubElement(case, "system-out").text = _paragraph(result)


def _counts(results: Iterable[Result]) -> dict[str, str]:
    rows = list(results)
    return {
        "tests": str(len(rows)),
        "failures": str(sum(r.gates for r in rows)),
        "errors": str(sum(r.outcome == Outcome.ERROR for r in rows)),
        "skipped": str(sum(r.outcome in _SKIPPED and not r.gates for r in rows)),
        "time": f"{sum(r.duration for r in rows):.3f}",
    }


def _paragraph(result: Result) -> str:
    return "\n".join(map(escaping.xml, rows(result)))
