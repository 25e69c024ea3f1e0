"""The plugin in a project of somebody else: found without a word, light, safe under xdist, quiet when not used."""

import json
import re
from pathlib import Path

TEMPLATE = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {"name": "churn-train", "labels": {"scenarios.ai.sap.com/id": "churn", "ai.sap.com/version": "1.0"}},
    "spec": {"templates": [{"name": "main"}]},
}
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
STRICT = ("--strict-markers", "--strict-config", "-W", "error")


def test_a_project_that_does_not_use_it_imports_neither_mock_nor_judge(project):
    done = project(
        *STRICT,
        test_alone="""
            import sys

            def test_nothing():
                assert sorted(name for name in sys.modules if name.startswith("lmconform")) == [
                    "lmconform", "lmconform.testing", "lmconform.testing.pytest_plugin"
                ]
        """.replace("\n            ", "\n"),
    )
    assert done.returncode == 0, done.stdout


def test_the_fixture_imports_the_mock_and_no_judge(project):
    done = project(
        *STRICT,
        *("-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:allure_pytest"),
        test_light="""
            import os, sys, urllib.request

            def test_it_answers(ai_core):
                foreign = {"schemathesis", "hypothesis", "requests", "sqlalchemy", "rich", "cryptography", "jinja2"}
                assert foreign & {name.partition(".")[0] for name in sys.modules} == set()
                rooms = {name.split(".")[1] for name in sys.modules if name.startswith("lmconform.")}
                ground = {"errors", "exit_codes", "judgement", "private_files"}
                assert rooms - ground == {"contract", "mock", "testing"}
                # The proxy of the environment does not answer.
                with urllib.request.urlopen(ai_core.url + "/v2/lm/nowhere") as answer:
                    raise AssertionError(answer)

            def test_the_profile_of_the_user_is_not_seen(ai_core):
                assert "AICORE_PROFILE" not in os.environ

            def test_afterwards_it_is_again():
                assert os.environ["AICORE_PROFILE"] == "of-the-user"
                assert "AICORE_BASE_URL" not in os.environ
        """.replace("\n            ", "\n"),
    )
    assert "HTTP Error 403: Forbidden" in done.stdout
    assert "1 failed, 2 passed" in done.stdout


def test_the_content_comes_from_the_templates_that_the_project_or_a_marker_names(project, tmp_path):
    for folder, name in (("templates", "churn"), ("others", "price")):
        (tmp_path / folder).mkdir()
        text = json.dumps(TEMPLATE).replace("churn", name)
        (tmp_path / folder / "train.json").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nai_core_workflows = templates\n")
    done = project(
        *STRICT,
        test_content="""
            import pytest

            def test_of_the_project(ai_core):
                assert ai_core.seed("churn-train", status="COMPLETED")["execution"]

            @pytest.mark.ai_core(workflows="others", preset="terse")
            class TestOther:
                @pytest.mark.ai_core(preset="tenant-like")
                def test_of_the_marker(self, ai_core):
                    assert ai_core.seed("price-train", status="COMPLETED")["execution"]
        """.replace("\n            ", "\n"),
    )
    assert done.returncode == 0, done.stdout


def test_four_workers_have_mocks_of_their_own(project):
    done = project(
        *("-n", "4"),
        test_many="""
            import pytest

            @pytest.mark.parametrize("number", range(12))
            def test_state_is_of_one_test(ai_core, number):
                seeded = [ai_core.seed("text-clf-train-tutorial", name=f"n{number}") for _ in range(number)]
                assert ai_core.requests == [] and len(seeded) == number
        """.replace("\n            ", "\n"),
    )
    assert "12 passed" in done.stdout, done.stdout


def test_what_the_documentation_prints_works(project):
    blocks = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    files = {f"test_{number}": block for number, block in enumerate(blocks)}
    files["test_2"] = "def test_start():\n" + "".join(f"    {line}\n" for line in files["test_2"].splitlines())
    done = project(*STRICT, **files)
    assert "4 passed" in done.stdout, done.stdout
