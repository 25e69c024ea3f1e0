"""The wheel and the sdist hold everything that an installed lmconform needs."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import clean_environment, results_of

ROOT = Path(__file__).parent.parent
DATA = (
    *("specs/lm/openapi.yaml", "specs/lm/requirements.yaml", "specs/tutorial/deprecated.overlay.yaml"),
    *("specs/tutorial/as-printed.overlay.yaml", "scenarios/training.arazzo.yaml"),
    *("scenarios/training-as-printed.arazzo.yaml", "tests/conformance/test_probes.py"),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and an sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


def test_every_data_file_is_in_the_wheel_and_in_the_sdist(built):
    wheel, sdist = built
    names = zipfile.ZipFile(wheel).namelist()
    assert [d for d in DATA if f"lmconform/_bundle/{d}" not in names] == []
    assert "lmconform/run/pytest.ini" in names
    templates = [file.name for file in (ROOT / "src/lmconform/mutation/templates").iterdir()]
    assert "matrix.html" in templates
    assert [name for name in templates if f"lmconform/mutation/templates/{name}" not in names] == []
    assert {"lmconform/results/schemas/results.schema.json", "lmconform/waivers/schemas/waivers.schema.json"} <= set(
        names
    )
    assert "lmconform/reporting/comparison/templates/comparison.html" in names
    assert "lmconform/results/schemas/results.schema.json" in names
    assert "lmconform/results/schemas/comparison.schema.json" in names
    page = {f"lmconform/mock/page/assets/{file.name}" for file in (ROOT / "src/lmconform/mock/page/assets").iterdir()}
    assert "lmconform/mock/page/assets/index.html" in page
    assert page <= set(names)
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert [d for d in DATA if d not in inside] == []


def test_an_unpacked_wheel_runs_from_an_empty_folder(built, tmp_path):
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(built[0]).extractall(site)
    command = [sys.executable, "-m", "lmconform", "run", "--profile", "smoke", "--report-dir", "out"]
    env = clean_environment(PYTHONPATH=str(site))
    done = subprocess.run(command, cwd=empty, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(results_of(empty / "out")) > 20
    where = subprocess.run(
        [sys.executable, "-c", "from lmconform.contract import bundle; print(bundle.root())"],
        cwd=empty,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert where.stdout.strip() == str(site / "lmconform" / "_bundle")
