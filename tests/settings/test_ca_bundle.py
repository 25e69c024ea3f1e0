"""The CA bundle that verifies a target: the option, then the variables of other clients, then the usual one."""

import pytest
from tests.certificates import pair
from tests.settings.refusing import refusal

from lmconform.settings import ca_bundle

GOOD = pair()


def test_the_option_counts_more_than_the_variable_and_the_variable_more_than_nothing(tmp_path):
    one, two = tmp_path / "one.pem", tmp_path / "two.pem"
    for path in (one, two):
        path.write_text(GOOD.certificate)
    assert ca_bundle.bundle(one, {"REQUESTS_CA_BUNDLE": str(two)}, needed=True) == str(one)
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(two), "CURL_CA_BUNDLE": str(one)}, needed=True) == str(two)
    assert ca_bundle.bundle(None, {"CURL_CA_BUNDLE": str(one)}, needed=True) == str(one)
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(tmp_path)}, needed=True) == str(tmp_path)
    assert ca_bundle.bundle(None, {}, needed=True) == ""
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": "absent.pem"}, needed=False) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "holds no certificate"),
        (GOOD.key, "holds no certificate"),
    ],
    ids=["absent", "empty", "key"],
)
def test_a_bundle_that_is_none_is_one_line(tmp_path, content, words):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    told = refusal(lambda: ca_bundle.bundle(path, {}, needed=False))
    assert told.startswith(f"--ca-bundle {path}: {words}")
    named = refusal(lambda: ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(path)}, needed=True))
    assert named.startswith(f"REQUESTS_CA_BUNDLE={path}: {words}")


def test_the_embedded_mock_takes_no_bundle(lmconform):
    done = lmconform("run", "--ca-bundle", "ca.pem")
    assert done.returncode == 4
    assert "--ca-bundle: the embedded mock has no TLS" in done.stderr
