"""How much of the description a run reaches, by TraceCov: this suite beside stock schemathesis, on mocks of one kind.

python benchmarks/coverage.py [--seed 0] [--max-examples 20] [--description FILE] [--gaps] [--keep FOLDER]

TraceCov is no dependency of lmconform: pip install --group benchmarks. A parameter or a keyword counts when valid and
violating values of it were sent, an example when it was sent as it is, a response when its status was seen.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from bench import LMCONFORM, mock, run, table
from contenders import PUBLISHED, SPEC, Stock

from lmconform.contract import bundle
from lmconform.contract.openapi import Contract

COLUMNS = ("operations", "parameters", "keywords", "examples", "responses")
_LIMIT = 1800.0


@dataclass(frozen=True)
class Message:
    """A request or an answer: headers by name, no body where there was none or only a part of it is left."""

    headers: dict[str, str]
    body: bytes | None

    @classmethod
    def read(
        cls, headers: Iterable[tuple[str, str]], text: str, *, encoded: bool = False, cut: bool = False
    ) -> Message:
        """From a recording; ``encoded`` is Base64."""
        body = base64.b64decode(text) if encoded else text.encode()
        return cls(dict(headers), None if cut or not body else body)


@dataclass(frozen=True)
class Interaction:
    """A request and its answer; ``elapsed`` in seconds."""

    method: str
    url: str
    request: Message
    status: int
    elapsed: float
    answer: Message


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-examples", type=int, default=20, help="of the peer (its own default: 100)")
    parser.add_argument(
        "--description", type=Path, default=PUBLISHED or SPEC, help="what the peer reads, and what counts"
    )
    parser.add_argument("--gaps", action="store_true", help="also list what our run does not reach")
    parser.add_argument("--keep", type=Path, help="keep the recordings here; those that are here are not made again")
    arguments = parser.parse_args()
    document = under_lm(bundle.read_yaml(arguments.description))
    # Before anything is run: it may not be installed.
    coverage = {name: covered(document) for name in ("ours", "stock")}
    peer = Stock("stock", arguments.description, arguments.description.name, arguments.max_examples)
    with tempfile.TemporaryDirectory(prefix="lmconform-bench-") as temporary:
        folder = arguments.keep or Path(temporary)
        fill(coverage["ours"], exchanges(_ours(folder / "ours", arguments.seed)))
        fill(coverage["stock"], archived(_stock(peer, folder / "stock", arguments.seed)))
    rows = [
        ["lmconform", "`lmconform run --profile full`", *shares(coverage["ours"])],
        ["schemathesis", peer.text, *shares(coverage["stock"])],
    ]
    print(table(("tool", "what is run", *COLUMNS), rows))
    packages = ", ".join(f"{name} {version(name)}" for name in ("tracecov", "schemathesis"))
    print(f"\nPercent of what {arguments.description.name} has under /lm, seed {arguments.seed}; {packages}.")
    if arguments.gaps:
        print("\n".join(["", *gaps(coverage["ours"])]))
    return 0


def under_lm(document: dict[str, Any]) -> dict[str, Any]:
    """The description without the services that are no part of the AI API."""
    return {**document, "paths": {path: item for path, item in document["paths"].items() if path.startswith("/lm/")}}


def covered(document: dict[str, Any]) -> Any:
    """An empty coverage map of the description."""
    try:
        import tracecov
    except ImportError:
        sys.exit("TraceCov is not installed: pip install --group benchmarks")
    return tracecov.CoverageMap.from_dict(document, base_path="/v2")


def fill(coverage: Any, interactions: Iterable[Interaction]) -> None:
    """Put what was sent and seen into the map."""
    from tracecov import HttpRequest, HttpResponse

    for one in interactions:
        request = HttpRequest(one.method, one.url, one.request.body, one.request.headers)
        coverage.record(request, HttpResponse(one.status, one.elapsed, one.answer.body, one.answer.headers))


def exchanges(file: Path) -> Iterator[Interaction]:
    """What an exchanges.jsonl holds."""
    contract = Contract.load()
    for line in file.read_text(encoding="utf-8").splitlines():
        exchange = json.loads(line)
        sent, got = exchange["request"], exchange["response"]
        url = routable(contract, sent["method"], sent["url"])
        request, answer = (
            Message.read(m["headers"], m["body"], encoded="encoding" in m, cut="truncated" in m) for m in (sent, got)
        )
        yield Interaction(sent["method"], url, request, got["status"], exchange["elapsed"], answer)


def archived(file: Path) -> Iterator[Interaction]:
    """What an HTTP archive (HAR 1.2) holds."""
    for entry in json.loads(file.read_text(encoding="utf-8"))["log"]["entries"]:
        sent, got = entry["request"], entry["response"]
        content = got.get("content", {})
        request = Message.read(_pairs(sent), sent.get("postData", {}).get("text") or "")
        answer = Message.read(_pairs(got), content.get("text") or "", encoded=content.get("encoding") == "base64")
        yield Interaction(sent["method"], sent["url"], request, got["status"], entry["time"] / 1000, answer)


def routable(contract: Contract, method: str, url: str) -> str:
    """The URL with ``%2F`` for the slashes in the path of a file: TraceCov takes ``{path}`` for one segment."""
    parts = urlsplit(url)
    found = contract.match(method, parts.path.removeprefix("/v2"))
    if found is None or not any(parameter.slashes for parameter in found[0].parameters):
        return url
    operation, values = found
    quoted = {name: quote(value, safe="") for name, value in values.items()}
    return urlunsplit(parts._replace(path="/v2" + operation.path.format(**quoted)))


def shares(coverage: Any) -> list[str]:
    """The columns of one tool."""
    summary = coverage.build_json_report()["summary"]
    return [f"{summary[column]['percent']:.1f}" for column in COLUMNS]


def gaps(coverage: Any) -> list[str]:
    """What is not covered, one line each."""
    return sorted(" ".join(str(value) for value in gap.values()) for gap in coverage.coverage_gaps())


def _pairs(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(header["name"], header["value"]) for header in message["headers"]]


def _ours(folder: Path, seed: int) -> Path:
    file = folder / "exchanges.jsonl"
    if not file.is_file():
        command = [*LMCONFORM, "run", "--profile", "full", "--seed", str(seed), "--quiet", "--report-dir", str(folder)]
        done = run(command, limit=_LIMIT)
        if done.status != 0:
            raise SystemExit(f"our run ended with {done.status}:\n{done.output[-2000:]}")
    return file


def _stock(peer: Stock, folder: Path, seed: int) -> Path:
    file = folder / "recorded.har"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with mock() as server:
            reports = ["--report", "json,har", "--report-har-path", file.name]
            done = run([*peer.command(server, seed), *reports], cwd=folder, limit=_LIMIT)
        if not file.is_file():
            raise SystemExit(f"stock schemathesis left no recording:\n{done.output[-2000:]}")
    return file


if __name__ == "__main__":
    raise SystemExit(main())
