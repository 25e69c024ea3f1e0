"""Who takes part in detection.py: how each is started against a mock, and what its machine report says."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench import LMCONFORM, Mock, run

from lmconform.client.embedded import PACE

HERE = Path(__file__).resolve().parent
SPEC = HERE.parent / "specs" / "lm" / "openapi.yaml"
PUBLISHED = next(
    (file for folder in HERE.parents if (file := folder / "shared" / "reference" / "AI_CORE_API.yaml").is_file()),
    None,
)
WARNING = "warning: "
_UNFINISHED = "no report: "


@dataclass(frozen=True)
class Said:
    """What one run came to: findings as stable ids, seconds of wall time, whether it ran to its end."""

    findings: list[str]
    seconds: float
    complete: bool


class Contender(Protocol):
    """Somebody who is put before a mock."""

    @property
    def name(self) -> str:
        """Its key."""

    @property
    def text(self) -> str:
        """How it is run."""

    def command(self, server: Mock, seed: int) -> list[str]:
        """What is started, in an empty folder."""

    def read(self, folder: Path) -> tuple[list[str], bool]:
        """The findings that the run left in its folder, and whether it ran to its end."""


@dataclass(frozen=True)
class Ours:
    """``lmconform run`` as somebody would start it at a server of his own."""

    name: str
    profile: str

    @property
    def text(self) -> str:
        """How it is run."""
        return f"`lmconform run --profile {self.profile}`"

    def command(self, server: Mock, seed: int) -> list[str]:
        """A URL like any other: the guard is on, and nothing is known of the mock but its pace."""
        return [
            *(*LMCONFORM, "run", server.url, "--service-key", str(server.key_file), "--profile", self.profile),
            *("--resource-group", "tutorial", "--other-resource-group", "other", "--allow-writes", "--disposable"),
            "--quiet",
            *("--poll-interval", f"{PACE / 4:.3f}", "--poll-timeout", "30"),
            *("--seed", str(seed), "--report-dir", "report"),
        ]

    def read(self, folder: Path) -> tuple[list[str], bool]:
        """What gates, and warnings: a SHOULD that is broken is told to the user as well."""
        found, complete = [], False
        for line in _text(folder / "report" / "results.jsonl").splitlines():
            event = _json(line)
            if event.get("type") == "footer":
                complete = bool(event["complete"])
            elif event.get("gates"):
                found.append(str(event["id"]))
            elif event.get("outcome") == "WARN":
                found.append(WARNING + str(event["id"]))
        return found, complete


@dataclass(frozen=True)
class Stock:
    """``schemathesis run``: every check, every phase, a token, a resource group that exists, no stop at a failure."""

    name: str
    document: Path
    title: str
    examples: int

    @property
    def text(self) -> str:
        """How it is run."""
        return f"`schemathesis run {self.title} --checks all --max-examples {self.examples}`"

    def command(self, server: Mock, seed: int) -> list[str]:
        """The published document describes more services than one: what is not under /lm/ is left out."""
        executable = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or "schemathesis"
        return [
            *(executable, "run", str(self.document), "--url", f"{server.url}/v2", "--include-path-regex", "^/lm/"),
            *("-H", f"Authorization: Bearer {server.token}", "-H", "AI-Resource-Group: tutorial"),
            *("--checks", "all", "--continue-on-failure", "--max-examples", str(self.examples), "--seed", str(seed)),
            *("--baseline", "found.json", "--baseline-update", "--report", "json", "--report-json-path", "report.json"),
        ]

    def read(self, folder: Path) -> tuple[list[str], bool]:
        """Its own list of distinct failures, which is what it calls a baseline, and the errors that it met.

        Two failures are the same when operation, check, kind and signature (a status, a place in a
        schema) are. The report tells no operation of a stateful failure, the baseline does.
        """
        report = _json(_text(folder / "report.json"))
        found = [
            " ".join(str(entry[key]) for key in ("operation", "failure", "signature")).strip()
            for entry in _json(_text(folder / "found.json")).get("entries", [])
        ]
        found += [f"error: {error['title']}" for error in report.get("errors", [])]
        if not report:
            # To somebody who waits for it, that is a finding.
            found.append(f"{_UNFINISHED}it crashed, or did not end in time")
        return found, bool(report.get("complete"))


def contenders(published: Path | None, examples: int) -> list[Contender]:
    """All who can take part; without the published document there is one less."""
    found: list[Contender] = [
        Ours("ours", "full"),
        Ours("ours-core", "core"),
        Stock("stock", SPEC, "specs/lm/openapi.yaml", examples),
    ]
    if published is not None:
        found.append(Stock("published", published, published.name, examples))
    return found


def confront(contender: Contender, server: Mock, seed: int, folder: Path, limit: float) -> Said:
    """One run in an empty ``folder``; it is ended after ``limit`` seconds."""
    folder.mkdir()
    ran = run(contender.command(server, seed), cwd=folder, limit=limit)
    (folder / "output.txt").write_text(ran.output)
    findings, complete = contender.read(folder)
    return Said(sorted(set(findings)), round(ran.seconds, 2), complete)


def _text(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def _json(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}
