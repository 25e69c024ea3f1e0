"""An error about a key of a TOML file has the line of the key, however the table around it is written."""

import tomllib

import pytest

from lmconform.settings.toml_lines import line_of

TEXT = """\
# [targets.dev] in a comment
[defaults]
profile = "smoke"

[targets.dev]  # with a remark
url = "https://a.example"
credentials = { service_key = "key.json" }
train.scenario = "a"
[targets."prod"]
"url" = "https://b.example"
[targets.prod.train]
scenario = "b"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("defaults",), 2),
        (("defaults", "profile"), 3),
        (("targets", "dev", "url"), 6),
        (("targets", "dev", "credentials", "service_key"), 7),
        (("targets", "dev", "train", "scenario"), 8),
        (("targets", "prod", "url"), 10),
        (("targets", "prod", "train", "scenario"), 12),
        (("targets", "prod", "absent"), 9),
        (("targets",), 5),
        (("absent",), None),
    ],
)
def test_the_line_is_that_of_the_key_or_of_the_table_around_it(path, line):
    assert tomllib.loads(TEXT)
    assert line_of(TEXT, path) == line
