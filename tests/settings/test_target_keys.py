"""Keys of lmconform.toml are the options of a run, and the schema for editors accepts what the reader accepts."""

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema_rs
import pytest
from tests.settings.test_target_file import HEAD

from lmconform.settings import target_keys, target_schema, target_template
from lmconform.settings.options import OPTIONS, RunConfig
from lmconform.settings.target_file import read

SCHEMA = target_schema.schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def test_every_option_that_says_something_about_a_target_is_a_key():
    left_out = {option.dest for option in OPTIONS} - set(target_keys.KEYS)
    assert left_out == {"service_key", "aicore_profile", "only", "seed", "report_dir", "history", "baseline"}
    assert set(target_keys.KEYS) <= set(RunConfig.__dataclass_fields__)


def test_the_schema_in_the_package_is_that_of_the_keys():
    """``lmconform targets --schema > src/lmconform/settings/schemas/lmconform.schema.json`` renews it."""
    shipped = resources.files("lmconform.settings") / "schemas" / target_schema.FILE_NAME
    assert json.loads(shipped.read_text()) == SCHEMA
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (HEAD + 'profile = "core"\nallow_writes = true\nexpect = ["serving=may-die"]\n', True),
        (HEAD + 'credentials = { service_key = "k" }\nwaivers = "w"\n', True),
        (HEAD + 'credentials = { service_key = { env = "K" } }\n', True),
        (HEAD + 'credentials = { client_id = "c", client_secret = { env = "S" }, auth_url = "https://t" }\n', True),
        (HEAD + 'train = { scenario = "a", executable = "b", parameters = { c = "d" } }\n', True),
        ('[defaults]\nprofile = "smoke"\n', True),
        (HEAD + 'profile = "cor"\n', False),
        (HEAD + "max_examples = 0\n", False),
        (HEAD + "unknown = 1\n", False),
        (HEAD + 'credentials = { client_id = "c", client_secret = "s" }\n', False),
        (HEAD + 'credentials = { service_key = "k", client_id = "c" }\n', False),
        (HEAD + "credentials = {}\n", False),
        (HEAD + 'train = { scenario = "a" }\n', False),
        ("[defaults]\nallow_writes = true\n", False),
        ("[targets.mock]\n", False),
    ],
)
def test_the_schema_and_the_reader_agree(tmp_path, text, fits):
    path = tmp_path / "lmconform.toml"
    path.write_text(text)
    assert VALIDATOR.is_valid(tomllib.loads(text)) is fits
    if fits:
        read(path, "x")
    else:
        with pytest.raises(Exception, match="x:"):
            read(path, "x")


def test_the_file_that_init_writes_is_right_with_and_without_its_comments(tmp_path):
    text = target_template.render("dev", "https://api.example.com", tmp_path / 'a "key".json', "test")
    # The suggestions: lines that are TOML behind their comment sign.
    keys = [line for line in text.splitlines() if line.startswith("# ") and " = " in line and "'" not in line]
    open_lines = [line for line in keys if not line.startswith("# credentials")]
    assert len(open_lines) > 10
    opened = "\n".join(line.removeprefix("# ") if line in open_lines else line for line in text.splitlines())
    opened = opened.replace("# [targets", "[targets")
    path = tmp_path / "lmconform.toml"
    for content in (text, opened):
        path.write_text(content)
        entry = read(path, "x").entry("dev")
        assert entry.named.credentials.service_key == tmp_path / 'a "key".json'
        assert VALIDATOR.is_valid(tomllib.loads(content))
    assert entry.named.content.serve.executable == "text-clf-infer-tutorial"
    assert entry.values["disposable"] is True


def test_the_example_in_the_documentation_is_right(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "targets.md").read_text(encoding="utf-8")
    (example,) = [part.partition("```")[0] for part in page.split("```toml\n")[1:]]
    path = tmp_path / "lmconform.toml"
    path.write_text(example)
    assert VALIDATOR.is_valid(tomllib.loads(example))
    assert set(read(path, "x").entry("dev").values) > {"poll_interval", "stop_timeout", "allow_writes"}
