"""The description as values."""

import json
from urllib.parse import urlsplit

import pytest

from lmconform.contract import paths
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ContractError


@pytest.fixture(scope="module")
def contract():
    return Contract.load()


def test_a_literal_path_segment_wins_over_a_template(contract):
    operation, parameters = contract.match("GET", "/lm/artifacts/$count")
    assert (operation.id, parameters) == ("countArtifacts", {})


def test_path_parameters_arrive_decoded(contract):
    operation, parameters = contract.match("GET", "/lm/artifacts/a%20b%2Fc")
    assert (operation.id, parameters) == ("getArtifact", {"artifactId": "a b/c"})


def test_the_path_of_a_file_may_hold_slashes(contract):
    operation, parameters = contract.match("GET", "/lm/dataset/files/a/b%20c/d.csv")
    assert (operation.id, parameters) == ("downloadFile", {"path": "a/b c/d.csv"})
    assert operation.fill(parameters) == "/lm/dataset/files/a/b%20c/d.csv"
    assert contract.methods("/lm/dataset/files/a/b.csv") == ("DELETE", "GET", "PUT")


def test_no_other_path_parameter_holds_slashes(contract):
    for operation in contract.operations:
        names = [p.name for p in operation.parameters if p.location == "path"]
        path = operation.fill(dict.fromkeys(names, "one/two"))
        assert ("one/two" in path) == (names == ["path"]), operation.id
        found = contract.match(operation.method, path.replace("%2F", "/"))
        assert found is None or found[0].id != operation.id or names in ([], ["path"]), operation.id


def test_a_link_hands_on_ids_of_the_kind_that_its_operation_takes(contract):
    schemas = {"configurationId": "createConfiguration", "executionId": "createExecution"}
    schemas |= {"deploymentId": "createDeployment", "executionScheduleId": "createExecutionSchedule"}
    schemas |= {"artifactId": "createArtifact", "executionIds": "createExecution"}
    links = contract.document["components"]["links"]
    seen = set()
    for operation in contract.operations:
        node = contract.document["paths"][operation.path][operation.method.lower()]
        for response in node["responses"].values():
            for name in contract.resolve(response).get("links", {}):
                link = links[name]
                seen.add(name)
                target = contract.operation(link["operationId"])
                body = link.get("requestBody", {})
                assert all(target.parameter(parameter) for parameter in link.get("parameters", {})), name
                for member, value in [*link.get("parameters", {}).items(), *body.items()]:
                    assert value != "$response.body#/id" or schemas[member] == operation.id, name
    assert seen == set(links)


def test_an_unknown_path_matches_nothing(contract):
    assert contract.match("GET", "/lm/nothing") is None
    assert contract.methods("/lm/nothing") == ()


def test_the_base_and_the_root_of_paths_are_those_of_the_description(contract):
    assert {urlsplit(server["url"]).path for server in contract.document["servers"]} == {paths.BASE}
    assert all(operation.path.startswith(f"{paths.ROOT}/") for operation in contract.operations)
    assert contract.operation("getMeta").label == paths.META


def test_no_operation_id_has_a_dot(contract):
    assert [o.id for o in contract.operations if "." in o.id] == []


def test_an_unknown_operation_is_named_with_its_nearest(contract):
    with pytest.raises(ContractError, match="did you mean 'getArtifact'"):
        contract.operation("getArtefact")


def test_the_first_exact_status_is_found_before_a_range(contract):
    assert contract.operation("getArtifact").response(200).status == "200"
    assert contract.operation("getArtifact").response(599) is None


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_loads_with_unique_operation_ids(dialect):
    ids = [o.id for o in Contract.load(dialect).operations]
    assert len(ids) == len(set(ids))


def test_the_deprecated_dialect_adds_the_old_endpoints(contract):
    added = {o.id for o in Contract.load("deprecated").operations} - {o.id for o in contract.operations}
    assert added == {"createExecutionForConfiguration", "createDeploymentForConfiguration"}


def test_the_as_printed_dialect_takes_both_bodies_at_both_endpoints():
    contract = Contract.load("as-printed")
    configuration = {"name": "n", "executableId": "abcd", "scenarioId": "abcd"}
    for operation_id in ("createExecution", "createConfiguration"):
        schema = contract.operation(operation_id).request_body.content["application/json"]
        assert contract.is_valid(schema, configuration)
        assert contract.is_valid(schema, {"configurationId": "abcd"})
        assert not contract.is_valid(schema, {})
        assert {"201", "202"} <= set(contract.operation(operation_id).responses)


def test_the_first_error_says_where_in_the_value_the_problem_is(contract):
    schema = contract.operation("createArtifact").request_body.content["application/json"]
    problem = contract.first_error(schema, {"name": "n", "kind": "dataset", "url": "ai://a/b", "scenarioId": "x"})
    assert problem.startswith("scenarioId: ")


def _copy_specs(contract, folder):
    (folder / "lm").mkdir(parents=True)
    (folder / "lm" / "openapi.yaml").write_text(json.dumps(contract.document))


def test_a_description_that_is_no_yaml_is_named_with_its_line(tmp_path):
    (tmp_path / "lm").mkdir()
    (tmp_path / "lm" / "openapi.yaml").write_text("openapi: 3.1.0\npaths: [\n")
    with pytest.raises(ContractError, match=r"openapi\.yaml:3: not valid YAML"):
        Contract.load(folder=tmp_path)


def test_an_overlay_that_matches_nothing_is_an_error(contract, tmp_path):
    _copy_specs(contract, tmp_path)
    (tmp_path / "tutorial").mkdir()
    (tmp_path / "tutorial" / "deprecated.overlay.yaml").write_text(
        "overlay: 1.0.0\nactions: [{target: \"$.paths['/gone']\", remove: true}]\n"
    )
    with pytest.raises(ContractError, match="matches nothing"):
        Contract.load("deprecated", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 3.1.0\npaths: {}\n", "has no list of 'actions'"),
        ("overlay: 1.0.0\nactions: []\n", "has no list of 'actions'"),
        ("overlay: 1.0.0\nactions: [{target: $.paths}]\n", "action 1: has neither 'update' nor 'remove: true'"),
        ("overlay: 1.0.0\nactions: [{update: {}}]\n", "action 1: has no 'target'"),
        ("overlay: 1.0.0\nactions: [{target: $.paths, update: {/lm/a: {get: {}}}}]\n", "with .*more.yaml"),
    ],
)
def test_an_overlay_of_the_user_that_cannot_be_used_is_named(tmp_path, text, message):
    file = tmp_path / "more.yaml"
    file.write_text(text)
    with pytest.raises(ContractError, match=message):
        Contract.load(overlays=[file])


def test_a_register_row_without_a_level_is_named(tmp_path):
    (tmp_path / "lm").mkdir()
    (tmp_path / "lm" / "requirements.yaml").write_text(
        "requirements: [{id: LM-X, evidence: spec, text: t, source: F1}]\n"
    )
    with pytest.raises(ContractError, match=r"requirement 1 \(LM-X\): has no 'level'"):
        Register.load(tmp_path)


def test_a_register_with_one_id_twice_is_refused(tmp_path):
    row = "{id: LM-X, level: MUST, evidence: spec, text: t, source: F1}"
    (tmp_path / "lm").mkdir()
    (tmp_path / "lm" / "requirements.yaml").write_text(f"requirements: [{row}, {row}]\n")
    with pytest.raises(ContractError, match="LM-X stands twice"):
        Register.load(tmp_path)
