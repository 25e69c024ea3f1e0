"""lmconform.toml: what its keys mean, what a target inherits, and that each mistake is one line with its place."""

import json
from pathlib import Path

import pytest
from tests.settings.refusing import refusal

from lmconform.settings import target_file
from lmconform.settings.choice import configure
from lmconform.settings.content import Runs
from lmconform.settings.credential_sources import find
from lmconform.settings.options import RunConfig
from lmconform.settings.target import remote, sources_of

URL = "https://api.example.com"
KEY = {"clientid": "c", "clientsecret": "s", "url": URL, "serviceurls": {"AI_API_URL": URL}}
HEAD = f'[targets.dev]\nurl = "{URL}"\n'


@pytest.fixture
def written(tmp_path):
    """Writes lmconform.toml beside a service key; returns the folder."""
    (tmp_path / "key.json").write_text(json.dumps(KEY))

    def write(text):
        (tmp_path / "lmconform.toml").write_text(text)
        return tmp_path

    return write


def config(folder, name="dev", given=None, environ=None) -> RunConfig:
    return configure(name, given or {}, environ or {}, folder)


def refused(folder, name="dev", given=None, environ=None):
    """The line that says why."""
    return refusal(config, folder, name, given, environ)


def test_a_key_is_the_option_of_that_name(written):
    folder = written(
        HEAD
        + """\
profile = "core"
allow_writes = true
resource_group = "a"
other_resource_group = "b"
poll_interval = 2
stop_timeout = 20.5
max_examples = 7
expect = ["training=may-die"]
disposable = true
ca_bundle = "ca.pem"
overlay = ["one.yaml", "/two.yaml"]
"""
    )
    options = {"profile": "core", "allow_writes": True, "resource_group": "a", "other_resource_group": "b"}
    options |= {"poll_interval": 2, "stop_timeout": 20.5, "max_examples": 7, "expect": ["training=may-die"]}
    options |= {"disposable": True, "ca_bundle": str(folder / "ca.pem")}
    options |= {"overlay": [str(folder / "one.yaml"), "/two.yaml"]}
    found = config(folder)
    assert found.public() == RunConfig.from_options(URL, options).public()
    assert (found.target, found.label, found.target_because) == (URL, "dev", "lmconform.toml")


def test_the_file_is_the_nearest_one_upward(written, tmp_path):
    written(HEAD)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert config(inner).target_because == "../../lmconform.toml"
    (tmp_path / "a" / "lmconform.toml").write_text('[targets.dev]\nurl = "https://other.example.com"\n')
    assert config(inner).target == "https://other.example.com"


def test_an_option_on_the_command_line_wins_and_is_the_only_one_that_a_line_to_paste_repeats(written):
    folder = written(HEAD + "stop_timeout = 20\nstart_timeout = 30\n")
    assert config(folder).repeating() == ["--seed", "0"]
    changed = config(folder, given={"stop_timeout": 5.0, "seed": 3})
    assert (changed.stop_timeout, changed.start_timeout) == (5.0, 30)
    assert changed.repeating() == ["--seed", "3", "--stop-timeout", "5.0"]


def test_a_target_has_what_the_defaults_say_unless_it_says_otherwise(written):
    folder = written(
        """\
[defaults]
profile = "smoke"
poll_interval = 9
credentials = { service_key = "key.json" }
train = { scenario = "s", executable = "e", artifact = "ai://default/x" }
"""
        + HEAD
        + 'poll_interval = 3\n[targets.dev.train]\nscenario = "own"\nexecutable = "own-e"\n'
        + f'[targets.prod]\nurl = "{URL}"\n'
    )
    dev, prod = config(folder), config(folder, "prod")
    assert (dev.poll_interval, prod.poll_interval) == (3, 9)
    # A table is replaced as a whole: half of one and half of the other would fit nothing.
    assert dev.named.content.train == Runs("own", "own-e", where="lmconform.toml:9: targets.dev.train")
    assert prod.named.content.train == Runs("s", "e", "ai://default/x", where="lmconform.toml:5: defaults.train")
    assert find(sources_of(prod), {}).source == "key.json (lmconform.toml)"


def test_the_url_is_that_of_the_credentials_when_the_file_has_none(written):
    folder = written('[targets.dev]\ncredentials = { service_key = "key.json" }\n')
    assert config(folder).target == URL
    known = {"AICORE_SERVICE_KEY": json.dumps(KEY)}
    assert config(written("[targets.dev]\n"), environ=known).target == URL
    assert "targets.dev of lmconform.toml has no url" in refused(written("[targets.dev]\n"))
    single = 'credentials = { client_id = "a", client_secret = { env = "S" }, auth_url = "https://t.example" }\n'
    said = refused(written("[targets.dev]\n" + single), environ={"S": "secret"})
    assert 'lmconform.toml (single values) does not know it; add url = "https://…"' in said


@pytest.mark.parametrize(
    ("credentials", "source"),
    [
        ('{ service_key = "key.json" }', "key.json (lmconform.toml)"),
        ('{ service_key = { env = "DEV_KEY" } }', "DEV_KEY (lmconform.toml)"),
        ('{ aicore_profile = "dev" }', "AICORE_HOME/config_dev.json (lmconform.toml)"),
        (
            '{ client_id = { env = "DEV_ID" }, client_secret = { env = "DEV_SECRET" }, auth_url = "https://t" }',
            "lmconform.toml (single values)",
        ),
    ],
    ids=["path", "variable", "profile", "single"],
)
def test_credentials_are_references_and_win_over_the_environment(written, tmp_path, credentials, source):
    values = {"AICORE_CLIENT_ID": "p", "AICORE_CLIENT_SECRET": "secret-p", "AICORE_AUTH_URL": "https://t.example"}
    (tmp_path / "config_dev.json").write_text(json.dumps(values | {"AICORE_RESOURCE_GROUP": "of-profile"}))
    environ = {"DEV_KEY": json.dumps(KEY), "DEV_ID": "i", "DEV_SECRET": "s", "AICORE_HOME": str(tmp_path)}
    environ |= {"AICORE_SERVICE_KEY": json.dumps(KEY | {"clientid": "environment"})}
    found = config(written(HEAD + f"credentials = {credentials}\n"), environ=environ)
    known = find(sources_of(found), environ)
    assert (known.source, known.credentials.client_id != "environment") == (source, True)
    group = "of-profile" if "profile" in credentials else "default"
    assert remote(found, environ).resource_group == group


def test_an_option_for_the_credentials_wins_over_the_file(written, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(json.dumps(KEY | {"clientid": "option"}))
    folder = written(HEAD + 'credentials = { service_key = "key.json" }\n')
    found = config(folder, given={"service_key": str(other)})
    assert find(sources_of(found), {}).credentials.client_id == "option"


def test_a_variable_that_is_not_set_is_named_with_the_key_that_wants_it(written):
    folder = written(HEAD + 'credentials = { service_key = { env = "DEV_KEY" } }\n')
    said = refusal(remote, config(folder), {})
    assert said == ("lmconform.toml:3: targets.dev.credentials.service_key: the variable DEV_KEY is not set; export it")


def test_a_key_file_that_is_absent_hurts_only_the_target_that_needs_it(written, tmp_path):
    folder = written(
        HEAD + '[targets.prod]\nurl = "https://p.example"\ncredentials = { service_key = "absent.json" }\n'
    )
    assert config(folder).label == "dev"
    said = refusal(remote, config(folder, "prod"), {})
    assert said == (
        f"lmconform.toml:5: targets.prod.credentials.service_key: {tmp_path}/absent.json: "
        "cannot be read (No such file or directory)"
    )


def test_a_resource_group_and_a_bundle_of_the_file_are_said_to_be_from_there(written):
    known = HEAD + 'resource_group = "a"\ncredentials = { service_key = "key.json" }\n'
    folder = written(known + 'ca_bundle = "absent.pem"\n')
    said = refusal(remote, config(folder), {})
    assert said.startswith(f"lmconform.toml: ca_bundle {folder}/absent.pem: cannot be read")
    made = remote(config(written(known)), {})
    assert (made.name, made.resource_group, made.group_because) == ("dev", "a", "lmconform.toml: resource_group")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[targets.dev\n", "lmconform.toml:1: not valid TOML: Expected ']' at the end of a table declaration"),
        ("[target.dev]\n", "lmconform.toml:1: target: is unknown; did you mean 'targets'?"),
        ("targets = 1\n", "lmconform.toml:1: targets: has to be a table: [targets.NAME] begins a target"),
        ("[targets]\ndev = 1\n", "lmconform.toml:2: targets.dev: has to be a table, not a number"),
        ("[targets.mock]\n", "lmconform.toml:1: targets.mock: is no name of a target"),
        ('[targets."a b"]\n', "lmconform.toml:1: targets.a b: is no name of a target"),
        (HEAD + "stop_timeuot = 1\n", "lmconform.toml:3: targets.dev.stop_timeuot: is unknown; did you mean 'stop_t"),
        (HEAD + 'profile = "cor"\n', "lmconform.toml:3: targets.dev.profile: 'cor' is unknown; did you mean 'core'?"),
        (HEAD + "profile = 1\n", "lmconform.toml:3: targets.dev.profile: has to be a text, not a number"),
        (HEAD + "allow_writes = 1\n", "targets.dev.allow_writes: has to be true or false, not a number"),
        (HEAD + "max_examples = true\n", "targets.dev.max_examples: has to be a whole number, not true or false"),
        (HEAD + "max_examples = 0\n", "targets.dev.max_examples: 0 is too small; expected 1 or more"),
        (HEAD + "poll_interval = nan\n", "targets.dev.poll_interval: nan is no number to count with; expected 0 or"),
        (HEAD + "poll_interval = 2026-01-01\n", "has to be a number, not a date or time"),
        (HEAD + 'expect = "training=may-die"\n', "targets.dev.expect: has to be a list of texts, not a text"),
        (
            HEAD + 'expect = ["training"]\n',
            "targets.dev.expect: 'training' is unknown; did you mean 'training=may-die'?",
        ),
        (HEAD + 'ca_bundle = ""\n', "targets.dev.ca_bundle: is no path of a file"),
        (HEAD + 'ca_bundle = "~nobody-of-that-name/ca.pem"\n', "targets.dev.ca_bundle: is no path of a file"),
        (HEAD + 'waivers = ""\n', "targets.dev.waivers: is no path of a file"),
        (HEAD + "only = []\n", "targets.dev.only: is unknown"),
        (HEAD + 'service_key = "k"\n', "targets.dev.service_key: is unknown"),
        ("[defaults]\nallow_writes = true\n", "lmconform.toml:2: defaults.allow_writes: belongs to one target"),
        (
            '[defaults]\nurl = "x"\n',
            "defaults.url: belongs to one target, and not to [defaults]; set it below [targets",
        ),
        (HEAD + '[targets.dev.train]\nscenario = "a"\n', "lmconform.toml:3: targets.dev.train: has no executable"),
        (HEAD + '[targets.dev.train]\nscenarios = "a"\n', "targets.dev.train.scenarios: is unknown; did you mean 'sce"),
        (HEAD + "train = { parameters = 1 }\n", "targets.dev.train.parameters: has to be a table, not a number"),
        (
            HEAD + "[targets.dev.train.parameters]\nepochs = 1\n",
            "lmconform.toml:4: targets.dev.train.parameters.epochs: has to be a text, as parameters of the API are",
        ),
        (HEAD + "credentials = {}\n", "targets.dev.credentials: is empty; expected one of service_key, aicore_profile"),
        (
            HEAD + 'credentials = { service_key = "k", client_id = "c" }\n',
            "targets.dev.credentials: has service_key and client_id; expected one of",
        ),
        (HEAD + 'credentials = { service_key = { file = "k" } }\n', 'service_key: expected { env = "NAME" }, with the'),
        (HEAD + 'credentials = { clientid = "c" }\n', "credentials.clientid: is unknown; did you mean 'client_id'?"),
        (HEAD + 'profile = "core"\n', "add --allow-writes, or use --profile smoke (targets.dev of lmconform.toml)"),
        ('[targets.dev]\nurl = "http://a.example"\n', "plain http to a.example"),
        (
            '[targets.dve]\nurl = "https://a.example"\n',
            "TARGET: 'dev' is no target of lmconform.toml; did you mean 'dve'?",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_line_key_and_what_was_expected(written, text, said):
    assert said in refused(written(text))


@pytest.mark.parametrize(
    "key",
    [
        'client_secret = "hunter2-hunter2"',
        'key_str = "hunter2-hunter2"',
        'key_file_path = "-----BEGIN PRIVATE KEY----- hunter2-hunter2"',
        'service_key = \'{"clientsecret": "hunter2-hunter2"}\'',
        'client_secret = { env = "hunter2-hunter2" }',
    ],
    ids=["secret", "key", "path", "service key", "no variable"],
)
def test_a_literal_secret_is_refused_without_showing_it(written, key):
    said = refused(written(HEAD + f"[targets.dev.credentials]\n{key}\n"))
    assert said.startswith(f"lmconform.toml:4: targets.dev.credentials.{key.split()[0]}: ")
    assert "expected" in said
    assert "hunter2" not in said


def test_without_a_file_the_line_says_how_to_get_one(tmp_path):
    said = refusal(config, tmp_path)
    assert said.startswith("TARGET: 'dev' is neither 'mock' nor an http(s) URL, and there is no lmconform.toml here")
    assert said.endswith("'lmconform init KEY' writes one")


def test_a_file_that_cannot_be_read_is_one_line(written, tmp_path):
    written("")
    (tmp_path / "lmconform.toml").write_bytes(b"\xff")
    assert refused(tmp_path) == "lmconform.toml: cannot be read (no UTF-8 text)"


def test_a_url_and_the_mock_need_no_file(written):
    folder = written("[nonsense]\n")
    assert config(folder, "mock").is_mock
    assert config(folder, URL).target == URL


def test_the_path_of_waivers_counts_from_the_folder_of_the_file(written, tmp_path):
    assert config(written(HEAD + 'waivers = "w.yaml"\n')).waivers == Path(tmp_path / "w.yaml")


def test_reading_the_file_shows_no_folder_of_its_user(written):
    file = target_file.find(written(HEAD))
    assert file.shown == "lmconform.toml"
