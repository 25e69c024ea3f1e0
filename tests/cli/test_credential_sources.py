"""Every source of credentials gets a run to a real mock, by secret and, over TLS, by certificate; one line names it."""

import json
from dataclasses import dataclass, field

import pytest
from tests.conftest import read_events

ONE = ("--only", "probe/LM-SCENARIO-LIST-COUNT", "--report-dir", "out")


@dataclass
class Source:
    """What a run is given so that it finds credentials: arguments, variables, standard input; and their name."""

    name: str
    arguments: list = field(default_factory=list)
    variables: dict = field(default_factory=dict)
    standard_input: str = ""


def sources(folder, key, key_file, values):
    """Every source with the same client: a service key, and the single values of SAP's SDK."""
    for name in ("config.json", "config_dev.json", "elsewhere.json"):
        (folder / name).write_text(json.dumps(values))
    home = {"AICORE_HOME": str(folder)}
    bound = {"aicore": [{"label": "aicore", "name": "x", "credentials": key}]}
    return {
        "option": Source(f"--service-key {key_file.name}", ["--service-key", key_file]),
        "stdin": Source("--service-key - (standard input)", ["--service-key", "-"], {}, json.dumps(key)),
        "profile": Source("AICORE_HOME/config_dev.json (--aicore-profile)", ["--aicore-profile", "dev"], home),
        "key": Source("AICORE_SERVICE_KEY", [], {"AICORE_SERVICE_KEY": json.dumps(key)}),
        "variables": Source("AICORE_*", [], values),
        "home": Source("AICORE_HOME/config.json", [], home),
        "variable profile": Source("AICORE_HOME/config_dev.json", [], home | {"AICORE_PROFILE": "dev"}),
        "config": Source("AICORE_CONFIG (elsewhere.json)", [], {"AICORE_CONFIG": str(folder / "elsewhere.json")}),
        "binding": Source("VCAP_SERVICES (label aicore)", [], {"VCAP_SERVICES": json.dumps(bound)}),
    }


NAMES = ("option", "stdin", "profile", "key", "variables", "home", "variable profile", "config", "binding")


def check(lmconform, folder, source, url, *more):
    """A run without TARGET finds the server by its credentials, and says which."""
    done = lmconform("run", *source.arguments, *more, *ONE, env=source.variables, input=source.standard_input)
    assert done.returncode == 0, done.stdout + done.stderr
    group = "default (none was named, see --resource-group)"
    line = f"credentials of {source.name} for {url}/v2, resource group {group}"
    assert f"access    {line}" in done.stdout.splitlines()
    assert read_events(folder / "out")[0]["access"] == line
    assert f"- `access    {line}`" in (folder / "out" / "summary.md").read_text().splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_with_a_secret_is_known_by_every_source(lmconform, mock, tmp_path, name):
    values = {
        "AICORE_CLIENT_ID": mock.key["clientid"],
        "AICORE_CLIENT_SECRET": mock.key["clientsecret"],
        "AICORE_AUTH_URL": mock.url,
        "AICORE_BASE_URL": mock.url,
    }
    check(lmconform, tmp_path, sources(tmp_path, mock.key, mock.key_file, values)[name], mock.url)


@pytest.mark.parametrize("name", [*NAMES, "files"])
def test_a_client_with_a_certificate_is_known_by_every_source(lmconform, secured_mock, tmp_path, name):
    key = secured_mock.x509
    known = {
        "AICORE_CLIENT_ID": key["clientid"],
        "AICORE_CERT_URL": key["certurl"],
        "AICORE_BASE_URL": secured_mock.tls_url,
    }
    certificate, private_key = map(str, secured_mock.pair)
    texts = known | {"AICORE_CERT_STR": key["certificate"], "AICORE_KEY_STR": key["key"].replace("\n", "\\n")}
    files = known | {"AICORE_CERT_FILE_PATH": certificate, "AICORE_KEY_FILE_PATH": private_key}
    if name == "files":
        source = sources(tmp_path, key, secured_mock.x509_file, files)["config"]
    else:
        source = sources(tmp_path, key, secured_mock.x509_file, texts)[name]
    check(lmconform, tmp_path, source, secured_mock.tls_url, "--ca-bundle", secured_mock.ca)


def test_standard_input_serves_the_processes_of_workers_as_well(lmconform, mock, tmp_path):
    source = sources(tmp_path, mock.key, mock.key_file, {})["stdin"]
    check(lmconform, tmp_path, source, mock.url, "--workers", "2")


def test_a_resource_group_that_was_named_is_in_the_line_with_what_named_it(lmconform, mock):
    key = ("--service-key", mock.key_file)
    by_option = lmconform("run", mock.url, *key, "--resource-group", "tutorial", *ONE)
    by_variable = lmconform("run", mock.url, *key, *ONE, env={"AICORE_RESOURCE_GROUP": "tutorial"})
    for done, named in ((by_option, "--resource-group"), (by_variable, "AICORE_RESOURCE_GROUP")):
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"/v2, resource group tutorial ({named})\n" in done.stdout


def test_the_mock_that_a_run_starts_has_no_such_line(lmconform):
    done = lmconform("run", "mock", *ONE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "access " not in done.stdout
