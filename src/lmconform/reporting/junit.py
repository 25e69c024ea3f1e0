"""JUnit XML from results.jsonl: a broken requirement is a failure, our own mistake an error."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    """One suite per kind of item, one case per item with all that it judged, ids of items as names."""
    items: dict[str, list[Result]] = {}
    for result in run.results.values():
        items.setdefault(result.item, []).append(result)
    suites: dict[str, list[_Case]] = {}
    for item, results in items.items():
        suites.setdefault(item.partition("/")[0], []).append(_Case(item, results))
    root = ET.Element("testsuites", {"name": "lmconform"})
    about = {"timestamp": run.header.started} if run.header is not None else {}
    for kind, cases in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": kind, **about, **_counts(cases)})
        _properties(suite, run)
        for case in cases:
            case.write(suite, kind)
    if run.footer is None or not run.footer.complete:
        suite = ET.SubElement(root, "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0", time="0")
        case_of_run = ET.SubElement(suite, "testcase", classname="lmconform.run", name="complete", time="0")
        reason = run.footer.message if run.footer else "the run has no footer"
        ET.SubElement(case_of_run, "error", message=escaping.xml(f"the run is incomplete: {reason}"))
    root.attrib.update({**_total(root), **about})
    ET.indent(root)
    ET.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)


@dataclass(frozen=True, slots=True)
class _Case:
    """An item and its results."""

    item: str
    results: list[Result]

    @property
    def kind(self) -> str:
        """``errors``, ``failures`` or ``skipped``, as a suite counts it; empty for a case that passed."""
        outcomes = {result.outcome for result in self.results}
        if Outcome.ERROR in outcomes:
            return "errors"
        if any(result.gates for result in self.results):
            return "failures"
        # Its own result comes first; requests that were judged on the way do not make up for it.
        return "skipped" if self.results[0].outcome in _SKIPPED else ""

    @property
    def time(self) -> float:
        return sum(result.duration for result in self.results)

    def write(self, suite: ET.Element, kind: str) -> None:
        about = {"classname": f"lmconform.{kind}", "name": escaping.xml(self.item), "time": f"{self.time:.3f}"}
        case = ET.SubElement(suite, "testcase", about)
        for result in self.results:
            if result.outcome == Outcome.ERROR:
                ET.SubElement(case, "error", message=escaping.xml(result.message)).text = _paragraph(result)
            elif result.gates:
                message = escaping.xml(Finding(result).brief)
                ET.SubElement(case, "failure", message=message, type=result.outcome).text = _paragraph(result)
        if self.kind == "skipped":
            first = self.results[0]
            reason = first.waiver if first.outcome == Outcome.XFAIL else first.because
            ET.SubElement(case, "skipped", message=escaping.xml(f"{first.outcome}: {reason}"))
        ET.SubElement(case, "system-out").text = "\n".join(map(_line, self.results))


def _line(result: Result) -> str:
    """What was judged; all of it where it was noted and is not in an element of its own."""
    if result.outcome in (Outcome.WARN, Outcome.INFO, Outcome.XFAIL):
        return _paragraph(result)
    where = f" at {result.operation}" if result.operation else ""
    return escaping.xml(f"{result.outcome} {', '.join(result.requirements) or result.id}{where}")


def _properties(suite: ET.Element, run: Run) -> None:
    if run.header is None:
        return
    header = run.header
    about = {
        "target": header.target,
        "base_url": str(header.configuration.get("base_url", "")),
        **{"profile": header.profile, "dialect": header.dialect, "seed": str(header.seed)},
        **{"contract": header.contract_version, "lmconform": header.lmconform},
        **({"verdict": run.footer.verdict} if run.footer else {}),
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in about.items():
        ET.SubElement(properties, "property", name=name, value=escaping.xml(value))


def _counts(cases: list[_Case]) -> dict[str, str]:
    kinds = [case.kind for case in cases]
    numbers = {name: str(kinds.count(name)) for name in ("failures", "errors", "skipped")}
    return {"tests": str(len(cases)), **numbers, "time": f"{sum(case.time for case in cases):.3f}"}


def _total(root: ET.Element) -> dict[str, str]:
    """The counts of all suites together."""
    names = ("tests", "failures", "errors", "skipped")
    numbers = {name: str(sum(int(suite.attrib[name]) for suite in root)) for name in names}
    return {**numbers, "time": f"{sum(float(suite.attrib['time']) for suite in root):.3f}"}


def _paragraph(result: Result) -> str:
    return "\n".join(map(escaping.xml, rows(result)))
