"""SAP's published description is held by its hash: the comparison runs on the expected version or says why not."""

from pathlib import Path

import pytest
from tests.contract import published
from tests.contract.published import VARIABLE, expected, locate, require

Failed, Skipped = pytest.fail.Exception, pytest.skip.Exception
VERSION, DIGEST = expected()
BESIDE = Path("in-this-test-alone") / published.BESIDE


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A file deep in a clone that has nothing beside it, whatever the folders above the temporary one hold."""
    monkeypatch.setattr(published, "BESIDE", BESIDE)
    return tmp_path / "work" / "clone" / "specs" / "DIFFERENCES.md"


def test_the_variable_counts_more_than_the_file_beside_the_checkout(checkout, tmp_path):
    beside = tmp_path / "work" / BESIDE
    beside.parent.mkdir(parents=True)
    beside.write_text("openapi: 3.0.0")
    assert locate({}, checkout) == beside
    assert locate({VARIABLE: "/elsewhere.yaml"}, checkout).name == "elsewhere.yaml"


def test_a_plain_clone_skips_and_says_where_the_file_belongs(checkout):
    with pytest.raises(Skipped) as skipped:
        require({}, checkout)
    assert str(BESIDE) in str(skipped.value)
    assert VARIABLE in str(skipped.value)


@pytest.mark.parametrize("more", [{}, {VARIABLE: "/no/such/file.yaml"}], ids=["nowhere", "wrong path"])
def test_ci_fails_where_the_file_is_missing(checkout, more):
    with pytest.raises(Failed, match=f"save AI Core {VERSION}"):
        require({"CI": "true"} | more, checkout)


@pytest.mark.parametrize("ci", ["", "true"])
def test_another_version_of_the_file_fails_and_names_the_expected_one(checkout, tmp_path, ci):
    other = tmp_path / "other.yaml"
    other.write_text("openapi: 3.0.0")
    with pytest.raises(Failed, match=f"expected AI Core {VERSION} with SHA-256 {DIGEST}"):
        require({"CI": ci, VARIABLE: str(other)}, checkout)
