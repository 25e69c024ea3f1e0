"""Probes, register and facts agree: each row has its probe, each source resolves."""

import re

import pytest
import yaml
from tests.probes.probe_bench import CONTRACT, OBSERVATIONS, PROBES, REGISTER

from lmconform.contract import bundle
from lmconform.contract.capabilities import Capabilities
from lmconform.errors import ContractError
from lmconform.judgement import Evidence
from lmconform.probes import registry
from lmconform.probes.context import Context

# Judged by checks, scenarios and fuzz.
OTHERS = ("LM-HTTP-", "LM-ERROR-ENVELOPE", "LM-FLOW-", "LM-FUZZ-")
FACTS = (bundle.root() / "specs" / "lm" / "FACTS.md").read_text(encoding="utf-8")
ROWS = [re.split(r"\s*\|\s*", line.strip("| ")) for line in FACTS.splitlines() if re.match(r"\| [A-M]\d* \|", line)]


def resolves(source):
    """Whether a source points into the description, or names facts."""
    if not source.startswith("openapi.yaml#"):
        return all(fact in {row[0] for row in ROWS} for fact in source.split(", "))
    node = CONTRACT.document
    for part in source.partition("#/")[2].split("/"):
        node = CONTRACT.resolve(node)
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def test_every_probe_judges_a_row_and_every_row_has_its_probe():
    rows = {r.id for r in REGISTER.values() if not r.excluded and not r.id.startswith(OTHERS)}
    assert rows == {name for name in PROBES if not name.startswith(OTHERS)}


@pytest.mark.parametrize("requirement", sorted(PROBES))
def test_source_resolves(requirement):
    assert resolves(REGISTER[requirement].source), REGISTER[requirement].source


def test_sentences_are_short_and_told_once():
    texts = [r.text for r in REGISTER.values()]
    assert all(len(text) < 160 and text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts)


def test_capabilities_are_known_by_their_default():
    """Fact A2: who may run what, and its logs, is on when meta says nothing; the rest, and every extension, is off."""
    silent = Capabilities({"aiApi": {"version": "2.0.0"}})
    assert {row.capability for row in REGISTER.values() if silent.has(row.capability)} == {
        "",
        "aiApi.capabilities.userExecutions",
        "aiApi.capabilities.userDeployments",
        "aiApi.capabilities.logs.executions",
        "aiApi.capabilities.logs.deployments",
    }


def test_smoke_reads_every_resource_that_can_be_listed_without_making_anything():
    read = {requirement.split("-")[1] for requirement, probe in PROBES.items() if probe.effect == "read"}
    assert {"SCENARIO", "EXECUTABLE", "MODEL", "META", "AUTH"} <= read


def test_observations_name_an_operation_and_facts():
    assert {look.effect for look in OBSERVATIONS.values()} == {"read", "write", "destructive"}
    for look in OBSERVATIONS.values():
        assert look.name.startswith("LM-OBS-")
        assert not look.operation or look.operation in CONTRACT
        assert resolves(look.source), look.source
        assert look.text.endswith(".")


def test_facts_have_one_sentence_a_source_and_evidence():
    words = {str(e) for e in Evidence}
    assert len({row[0] for row in ROWS}) == len(ROWS)
    for number, sentence, source, evidence in ROWS:
        assert sentence.endswith("."), number
        assert source, number
        assert evidence.split()[0].strip(";,") in words, number


def test_requirements_that_rest_on_assumed_facts_alone_do_not_gate():
    evidence = {row[0]: row[3] for row in ROWS}
    for requirement in PROBES:
        row = REGISTER[requirement]
        if not row.source.startswith("openapi") and all(evidence[f] == "assumed" for f in row.source.split(", ")):
            assert not row.evidence.may_gate, requirement


def test_every_method_of_a_context_has_a_docstring():
    helpers = [
        getattr(Context, name)
        for name in vars(Context)
        if not name.startswith("_") and callable(getattr(Context, name))
    ]
    assert all(helper.__doc__ for helper in helpers)


def test_the_order_of_a_run_is_data_and_names_nothing_that_is_gone():
    order = yaml.safe_load(registry.ORDER.read_text())
    assert set(order["probes"]) <= {p.requirement for p in registry.load(REGISTER)}
    assert set(order["observations"]) <= {o.name for o in registry.load_observations()}
    reads = [p.requirement for p in registry.load(REGISTER) if p.effect == "read"]
    listed = set(order["probes"])
    assert [name for name in reads if name in listed] == [name for name in order["probes"] if name in set(reads)]


def test_the_effect_of_a_probe_is_that_of_its_row():
    assert {probe.effect for probe in PROBES.values()} == {"read", "write", "destructive"}
    assert {name: probe.effect for name, probe in PROBES.items()} == {name: REGISTER[name].effect for name in PROBES}


def test_a_probe_without_a_row_stops_the_load(monkeypatch):
    monkeypatch.setattr(registry, "_definitions", {})
    registry.probe("LM-ARTIFACT-NO-SUCH-ROW")(lambda ctx: None)
    with pytest.raises(ContractError, match="LM-ARTIFACT-NO-SUCH-ROW"):
        registry.load(REGISTER)


def test_two_probes_for_one_requirement_are_refused():
    with pytest.raises(ValueError, match="two probes for LM-ARTIFACT-LISTED"):
        registry.probe("LM-ARTIFACT-LISTED")(lambda ctx: None)
