"""The order of the sources is that of SAP's SDK: the first that has any credential supplies all, and says its name."""

import io
import json
from pathlib import Path

import pytest
from tests.conftest import service_key
from tests.settings.refusing import refusal

from lmconform.settings import credential_sources, resource_group
from lmconform.settings.credential_sources import Named, find

URL = "https://api.example.com"


def key(client):
    return {"clientid": client, "clientsecret": "secret", "url": URL, "serviceurls": {"AI_API_URL": URL}}


def values(client, **more):
    return {"AICORE_CLIENT_ID": client, "AICORE_CLIENT_SECRET": "secret", "AICORE_AUTH_URL": URL} | more


@pytest.fixture
def everything(tmp_path):
    """Every source at once: the client's name is that of the source."""
    folder = tmp_path / ".aicore"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(values("config.json", AICORE_RESOURCE_GROUP="of-the-file")))
    (folder / "config_dev.json").write_text(json.dumps(values("config_dev.json")))
    bound = {"xsuaa": [{"label": "xsuaa"}], "aicore": [{"label": "aicore", "credentials": key("binding")}]}
    environ = values("variables", AICORE_SERVICE_KEY=json.dumps(key("key")), VCAP_SERVICES=json.dumps(bound))
    return environ | {"HOME": str(tmp_path)}


def without(environ, *names):
    return {name: value for name, value in environ.items() if name not in names}


SINGLE = ("AICORE_CLIENT_ID", "AICORE_CLIENT_SECRET", "AICORE_AUTH_URL")


def test_the_first_source_that_has_credentials_supplies_all(tmp_path, everything):
    file = service_key(tmp_path, URL, clientid="file")
    named = Named(file, "dev")
    # Each time the source that was used last is taken away.
    sources = [
        (named, everything, "file", "--service-key service-key.json"),
        (Named(None, "dev"), everything, "config_dev.json", "~/.aicore/config_dev.json (--aicore-profile)"),
        (Named(), everything, "key", "AICORE_SERVICE_KEY"),
        (Named(), left := without(everything, "AICORE_SERVICE_KEY"), "variables", "AICORE_*"),
        (Named(), left := without(left, *SINGLE), "config.json", "~/.aicore/config.json"),
        (Named(), left := left | {"HOME": "/absent"}, "binding", "VCAP_SERVICES (label aicore)"),
    ]
    for named, environ, client, source in sources:
        found = find(named, environ)
        assert (found.credentials.client_id, found.source) == (client, source)
    assert find(Named(), without(left, "VCAP_SERVICES")) is None


def test_a_source_that_has_one_credential_supplies_all_and_no_other_fills_its_gaps(everything):
    environ = without(everything, "AICORE_SERVICE_KEY", "AICORE_CLIENT_SECRET")
    said = refusal(find, Named(), environ)
    assert said.startswith("there is AICORE_CLIENT_ID without AICORE_CLIENT_SECRET; the first source")


@pytest.mark.parametrize("empty", ["AICORE_SERVICE_KEY", *SINGLE])
def test_a_variable_that_is_empty_is_no_source(everything, empty):
    environ = without(everything, "AICORE_SERVICE_KEY", *SINGLE) | {empty: ""}
    assert find(Named(), environ).source == "~/.aicore/config.json"


def test_the_file_of_the_sdk_is_found_by_its_variables(tmp_path, everything):
    plain = without(everything, "AICORE_SERVICE_KEY", *SINGLE)
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text(json.dumps(values("other")))
    cases = [
        ({"AICORE_HOME": str(other)}, "other", "AICORE_HOME/config.json"),
        ({"AICORE_PROFILE": "dev"}, "config_dev.json", "~/.aicore/config_dev.json"),
        ({"AICORE_PROFILE": "default"}, "config.json", "~/.aicore/config.json"),
        (
            {"AICORE_CONFIG": str(other / "config.json"), "AICORE_PROFILE": "dev"},
            "other",
            "AICORE_CONFIG (config.json)",
        ),
    ]
    for more, client, source in cases:
        found = find(Named(), plain | more)
        assert (found.credentials.client_id, found.source) == (client, source)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (
            {"AICORE_PROFILE": "prod"},
            "AICORE_PROFILE=prod: {home}/.aicore/config_prod.json cannot be read (No such file",
        ),
        ({"AICORE_CONFIG": "absent.json"}, "AICORE_CONFIG: absent.json cannot be read (No such file"),
        ({"AICORE_PROFILE": "../x"}, "AICORE_PROFILE=../x: a profile is a name and no path"),
        ({"AICORE_PROFILE": "list"}, "config_list.json has to hold a JSON object with members AICORE_…, not list"),
        ({"AICORE_PROFILE": "text"}, "config_text.json is not valid JSON"),
        ({"AICORE_PROFILE": "number"}, "AICORE_CLIENT_ID has to be a text, not int"),
        ({"AICORE_PROFILE": "key"}, "config_key.json holds a service key; give it by --service-key"),
        (
            {"AICORE_PROFILE": "part"},
            "~/.aicore/config_part.json: there is AICORE_CLIENT_ID without AICORE_CLIENT_SECRET",
        ),
    ],
    ids=["profile", "path", "name", "list", "text", "number", "key", "part"],
)
def test_a_file_of_the_sdk_that_cannot_be_used_is_one_line(tmp_path, everything, environ, words):
    contents = {"list": [], "number": {"AICORE_CLIENT_ID": 1}, "part": {"AICORE_CLIENT_ID": "a"}}
    contents["key"] = {"clientid": "a", "serviceurls": {"AI_API_URL": "https://api.example.com"}}
    for name, content in contents.items():
        (tmp_path / ".aicore" / f"config_{name}.json").write_text(json.dumps(content))
    (tmp_path / ".aicore" / "config_text.json").write_text("AICORE_CLIENT_ID=a")
    said = refusal(find, Named(), without(everything, "AICORE_SERVICE_KEY", *SINGLE) | environ)
    assert words.format(home=tmp_path) in said


def test_a_profile_that_an_option_names_has_to_hold_credentials(tmp_path, everything):
    (tmp_path / ".aicore" / "config_empty.json").write_text("{}")
    assert "config_empty.json holds no credentials" in refusal(find, Named(None, "empty"), everything)
    assert "config_prod.json cannot be read" in refusal(find, Named(None, "prod"), everything)
    assert "there is no such file" in refusal(find, Named(None, "default"), everything | {"HOME": "/absent"})


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("{", "VCAP_SERVICES: not valid JSON"),
        (json.dumps({"aicore": [{"label": "aicore"}]}), "VCAP_SERVICES: the service with the label aicore has no cred"),
        (json.dumps({"a": [{"label": "aicore", "credentials": {}}]}), "VCAP_SERVICES: aicore: has no clientid"),
    ],
    ids=["json", "credentials", "members"],
)
def test_a_binding_that_cannot_be_used_is_one_line(bound, words):
    assert words in refusal(find, Named(), {"VCAP_SERVICES": bound})


@pytest.mark.parametrize("bound", ["[]", "{}", json.dumps({"xsuaa": [{"label": "xsuaa", "credentials": {}}], "x": 1})])
def test_bindings_of_other_services_are_no_source(bound):
    assert find(Named(), {"VCAP_SERVICES": bound}) is None


@pytest.fixture
def standard_input(monkeypatch):
    """Puts a text on standard input, which is read anew."""

    def put(text):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        credential_sources._standard_input.cache_clear()

    yield put
    credential_sources._standard_input.cache_clear()


def test_standard_input_is_read_once_for_all_who_ask(standard_input):
    standard_input(json.dumps(key("input")))
    named = Named(Path("-"))
    assert [find(named, {}).credentials.client_id for _ in range(2)] == ["input"] * 2


def test_an_empty_standard_input_is_one_line(standard_input):
    standard_input("")
    assert refusal(find, Named(Path("-")), {}).startswith("--service-key -: is empty; expected the service key")


def test_the_resource_group_is_named_by_option_variable_or_file_and_each_says_so(everything):
    variable = {"AICORE_RESOURCE_GROUP": "of-the-variable"}
    cases = [
        (resource_group.find("own", everything | variable), "own", "--resource-group"),
        (resource_group.find(None, everything | variable), "of-the-variable", "AICORE_RESOURCE_GROUP"),
        (resource_group.find(None, everything), "of-the-file", "~/.aicore/config.json"),
        (resource_group.find(None, everything, "dev"), "default", "none was named, see --resource-group"),
        (resource_group.find(None, {}), "default", "none was named, see --resource-group"),
    ]
    for group, name, because in cases:
        assert (group.id, group.because) == (name, because)
