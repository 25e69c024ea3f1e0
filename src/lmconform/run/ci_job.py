"""The job of continuous integration that a run belongs to: its page, and the URL below which it shows the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lmconform.reporting.links import is_link


@dataclass(frozen=True, slots=True)
class Job:
    """``page`` is the URL of the job, ``files`` that of the folder of the reports there; empty where there is none."""

    page: str = ""
    files: str = ""


def job_of(environ: Mapping[str, str], folder: Path) -> Job:
    """The job whose predefined variables are in ``environ``; ``folder`` is where its reports are written.

    Sources: the lists of predefined variables of GitHub Actions, GitLab CI/CD, Jenkins and Azure Pipelines.
    """
    made = _gitlab(environ, folder) or _jenkins(environ, folder) or _github(environ) or _azure(environ) or Job()
    return Job(*(url if is_link(url) else "" for url in (made.page, made.files)))


def _gitlab(environ: Mapping[str, str], folder: Path) -> Job | None:
    page = environ.get("CI_JOB_URL", "") if environ.get("GITLAB_CI") else ""
    return Job(page, _below(f"{page}/artifacts/file/", environ.get("CI_PROJECT_DIR", ""), folder)) if page else None


def _jenkins(environ: Mapping[str, str], folder: Path) -> Job | None:
    page = environ.get("BUILD_URL", "") if environ.get("JENKINS_URL") else ""
    return Job(page, _below(f"{page}artifact/", environ.get("WORKSPACE", ""), folder)) if page else None


def _github(environ: Mapping[str, str]) -> Job | None:
    # Files of a job can only be downloaded there, as an archive.
    named = [environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return Job("{}/{}/actions/runs/{}#artifacts".format(*named)) if all(named) else None


def _azure(environ: Mapping[str, str]) -> Job | None:
    named = [environ.get(name, "") for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")]
    if not all(named):
        return None
    collection, project, build = named
    return Job(f"{collection}{quote(project)}/_build/results?buildId={build}&view=artifacts")


def _below(base: str, root: str, folder: Path) -> str:
    """The URL of a folder whose path below ``root`` is appended to ``base``; empty where it is elsewhere."""
    if not root or not folder.resolve().is_relative_to(Path(root).resolve()):
        return ""
    path = quote(folder.resolve().relative_to(Path(root).resolve()).as_posix())
    return base if path == "." else f"{base}{path}/"
