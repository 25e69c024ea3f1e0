"""The target that a user names by URL: its resource groups, its patience, and whose credentials are sent to it."""

import dataclasses
import json

import pytest
from tests.settings.refusing import refusal

from lmconform.settings.content import Content, Runs
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target, remote

URL = "https://api.example.com"
KNOWN = {
    "AICORE_CLIENT_ID": "client",
    "AICORE_CLIENT_SECRET": "secret-of-the-test",
    "AICORE_AUTH_URL": "https://tenant.example.com",
}


def target(url=URL, environ=None, **options):
    return remote(RunConfig.from_options(url, options), KNOWN | (environ or {}))


def test_the_resource_group_is_the_option_then_the_variable_then_the_default():
    variable = {"AICORE_RESOURCE_GROUP": "from-variable"}
    assert target(environ=variable, resource_group="from-option").resource_group == "from-option"
    assert target(environ=variable).resource_group == "from-variable"
    assert target().resource_group == "default"


def test_one_line_has_the_source_of_the_credentials_the_url_and_what_named_the_group():
    assert target(resource_group="a").access == (
        "credentials of AICORE_* for https://api.example.com/v2, resource group a (--resource-group)"
    )
    assert target().access.endswith("resource group default (none was named, see --resource-group)")


@pytest.mark.parametrize("host", ["127.example.com", "127.0.0.1.example.com", "localhost.example.com", "[2001:db8::1]"])
def test_a_host_that_looks_like_this_machine_gets_neither_token_nor_secret_in_the_clear(host):
    assert "would show the token to everybody" in refusal(lambda: target(f"http://{host}"))
    elsewhere = {"AICORE_AUTH_URL": f"http://{host}/oauth/token"}
    assert "would show the client secret" in refusal(lambda: target(environ=elsewhere))


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "127.9.9.9", "LOCALHOST", "[::1]:8090"])
def test_this_machine_may_be_asked_by_http(host):
    assert target(f"http://{host}", {"AICORE_AUTH_URL": f"http://{host}"}).base_url == f"http://{host}/v2"


def test_what_is_no_url_is_refused_wherever_it_stands():
    assert refusal(lambda: target("http://[::1")) == "TARGET: 'http://[::1' is no URL (Invalid IPv6 URL)"
    words = "AICORE_*: 'https://[::1' is no http(s) URL of an API"
    assert refusal(lambda: target(environ={"AICORE_BASE_URL": "https://[::1"})) == words
    assert "is no http(s) URL of an auth" in refusal(lambda: target(environ={"AICORE_AUTH_URL": "https://[::1"}))


def test_a_url_with_a_query_is_refused_and_what_is_in_it_is_not_shown():
    said = refusal(lambda: target(f"{URL}?token=s3cret-of-the-user"))
    assert said == "TARGET: has a query or fragment; give the base URL alone"


def test_the_second_resource_group_is_another_one():
    assert "name a second one" in refusal(lambda: target(resource_group="a", other_resource_group="a"))
    assert target(resource_group="a", other_resource_group="b").other_resource_group == "b"


def test_credentials_for_another_host_are_not_sent():
    elsewhere = {"AICORE_BASE_URL": "https://other.example.com/v2"}
    assert "the credentials of AICORE_* are for other.example.com" in refusal(lambda: target(environ=elsewhere))
    assert target(environ={"AICORE_BASE_URL": "https://API.example.com/v2"}).host == "api.example.com"


@pytest.mark.parametrize(("url", "seconds"), [(URL, 60.0), ("http://127.0.0.1:8090", 0.5), ("http://localhost", 0.5)])
def test_a_tenant_is_asked_once_a_minute_and_a_server_on_this_machine_more_often(url, seconds):
    assert target(url).poll_interval == seconds
    assert target(url, poll_interval=0).poll_interval == 0


def test_a_target_comes_back_from_the_form_that_workers_get():
    runs = Runs("s", "e", "ai://default/x", (("epochs", "1"),), "here")
    made = dataclasses.replace(target(resource_group="a"), content=Content(train=runs))
    assert Target.from_json(json.loads(json.dumps(made.as_json()))) == made
    assert Target.from_json(made.as_json()) == made
    assert Target.from_json(dataclasses.replace(made, poll_interval=1.0).as_json()) != made


def test_the_secret_is_in_no_printed_form():
    assert "secret-of-the-test" not in repr(target())
