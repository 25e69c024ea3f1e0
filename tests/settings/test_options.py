"""Options are declared once: for the command line, for pytest, and for the configuration that a run keeps."""

from dataclasses import fields

import pytest
from tests.settings.refusing import refusal

from lmconform.cli.run import command
from lmconform.settings.options import MOCK, OPTIONS, RunConfig, api_base

URL = "https://api.example.com"


def test_the_options_are_the_members_of_a_configuration_and_each_has_a_help_and_a_form():
    assert {option.dest for option in OPTIONS} | {"target", "target_because", "named"} == {
        field.name for field in fields(RunConfig)
    }
    assert [o.name for o in OPTIONS if not o.help.endswith(".")] == []
    assert [o.name for o in OPTIONS if o.kind is not bool and not (o.metavar or o.choices)] == []


def test_the_command_has_every_option_with_its_help_and_its_default():
    shown = {option.name: option for option in command.params}
    assert {o.dest: o.help for o in OPTIONS} == {o.dest: shown[o.dest].help for o in OPTIONS}
    assert set(shown) - {o.dest for o in OPTIONS} == {"target", "workers", "quiet", "only_plan"}


def test_the_mock_runs_everything_and_a_url_only_reads_unless_the_user_says_otherwise():
    assert RunConfig.from_options(MOCK, {}).profile == "full"
    assert RunConfig.from_options(URL, {}).profile == "smoke"
    assert "add --allow-writes" in refusal(RunConfig.from_options, URL, {"profile": "gate"})
    assert RunConfig.from_options(URL, {"profile": "gate", "allow_writes": True}).profile == "gate"


@pytest.mark.parametrize("option", [o for o in OPTIONS if o.choices], ids=lambda option: option.name)
def test_a_choice_that_is_unknown_is_refused_with_the_option_and_what_it_got(option):
    assert refusal(RunConfig.from_options, MOCK, {option.dest: "nonsense"}).startswith(
        f"--{option.name}: 'nonsense' is unknown"
    )


@pytest.mark.parametrize(
    ("name", "least"),
    [("max_examples", 1), ("poll_interval", 0), ("poll_timeout", 0), ("max_time", 0), ("request_timeout", 0.1)],
)
def test_a_number_has_a_least_value_and_takes_it(name, least):
    assert getattr(RunConfig.from_options(MOCK, {name: least}), name) == least
    assert refusal(RunConfig.from_options, MOCK, {name: least - 1}).endswith(f"expected {least} or more")


def test_a_configuration_comes_back_from_its_arguments():
    values = {
        "profile": "core",
        "allow_writes": True,
        "only": ("LM-META-*", "fuzz/*"),
        "seed": 7,
        "max_time": 2.5,
        "resource_group": "tutorial",
    }
    config = RunConfig.from_options(URL, values)
    arguments = config.as_arguments()
    assert arguments[:2] == ["--target", URL]
    context = command.make_context("run", [URL, *arguments[2:]])
    assert RunConfig.from_options(URL, context.params) == config


def test_the_public_form_has_names_of_files_and_not_their_folders():
    config = RunConfig.from_options(URL, {"service_key": "/home/me/keys/key.json"})
    assert config.public()["service_key"] == "key.json"
    assert "home" not in str(config.public())


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://a.example", "https://a.example/v2"),
        ("https://a.example/", "https://a.example/v2"),
        ("https://a.example/v2", "https://a.example/v2"),
        ("https://a.example/v2/lm/", "https://a.example/v2"),
        ("https://a.example/gateway", "https://a.example/gateway/v2"),
    ],
)
def test_the_base_ends_in_v2_however_the_url_is_given(url, base):
    assert api_base(url) == base
