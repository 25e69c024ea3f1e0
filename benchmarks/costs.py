"""Measures what each item sends and creates, and writes it into ``run/costs.yaml``, from which ``--plan`` estimates.

Each item is measured twice, on a mock that is seldom polled: ``single`` in a session that has nothing yet, so that it
makes all that it shares with others; and ``among`` all items of a run, where most of that is there already. Generated
data share one pool: alone, an item of them is taken to cost what the dearest costs as well. Run it when items come or
change. A FOLDER keeps the exchanges, or has them already: for ``among`` it may be the report of a run::

    python benchmarks/costs.py [--only PATTERN] [--among FOLDER] [--single FOLDER]
"""

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import yaml

from lmconform.client import embedded
from lmconform.client.session import Session
from lmconform.contract.resources import resources
from lmconform.evidence.recorder import EXCHANGES
from lmconform.evidence.recordings.own import OwnRecording
from lmconform.evidence.recordings.recording import Recorded
from lmconform.run import costs
from lmconform.run.catalogue import plan
from lmconform.run.items import FuzzItem
from lmconform.settings.options import RunConfig

POLL_SECONDS = 0.25
HEAD = """\
# What each item sends (by method) and creates (by noun), as benchmarks/costs.py measured it: by itself, and among
# all items of a run. Not edited by hand.
"""


def measure(made, config, items, folder, *, alone):
    """Run the items, each in a session that has nothing yet or all in one; the folder gets their exchanges."""
    session = None
    with embedded.start(config) as mock:
        for item in items:
            if session is None or alone:
                session = Session.open(config, made.contract, made.register, mock.target, folder)
                session.examine()
            item.events(session, lambda line: None)
            if alone:
                session.close()


def counted(contract, folder):
    """Requests by method and creations by noun of each item whose exchanges lie in the folder."""
    found, known = {}, resources(contract)
    for line in OwnRecording(folder / EXCHANGES).read(contract):
        if isinstance(line, Recorded):
            exchange, operation = line.exchange, line.operations[0]
            counts = found.setdefault(exchange.item, Counter())
            counts[exchange.method] += 1
            made = known.created(operation, exchange.status, exchange.json_object()) if exchange.ok else None
            counts.update([made.noun] if made is not None else [])
    for line in (folder / EXCHANGES).read_text().splitlines():
        entry = json.loads(line)
        if not entry["operation"]:
            found.setdefault(entry["item"], Counter())[entry["request"]["method"]] += 1
    return found


def main():
    """Measure, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--among", type=Path, metavar="FOLDER")
    parser.add_argument("--single", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    config = RunConfig.from_options("mock", {"only": options.only, "poll_interval": POLL_SECONDS})
    made = plan(config)
    rows = yaml.safe_load(costs.FILE.read_text(encoding="utf-8"))["items"] if options.only else {}
    plainly = [item for item in made.items if not isinstance(item, FuzzItem)]
    with tempfile.TemporaryDirectory() as temporary:
        folders = []
        for way, given, items in (("single", options.single, plainly), ("among", options.among, made.items)):
            folders.append(given or Path(temporary, way))
            if not (folders[-1] / EXCHANGES).exists():
                folders[-1].mkdir(exist_ok=True)
                measure(made, config, items, folders[-1], alone=way == "single")
        alone, among = (counted(made.contract, folder) for folder in folders)
    dearest = Counter()
    for item in made.items:
        dearest |= among.get(item.id, Counter()) if isinstance(item, FuzzItem) else Counter()
    for item in made.items:
        there = among.get(item.id, Counter())
        # Alone an item asks for no less than among others.
        by_itself = there + dearest if isinstance(item, FuzzItem) else there | alone.get(item.id, Counter())
        rows[item.id] = {"single": by_itself, "among": there}
    lines = []
    for item, ways in sorted(rows.items()):
        row = json.dumps({way: dict(sorted(counts.items())) for way, counts in ways.items()})
        lines.append(f"  {item}: {row}".replace('"', ""))
    costs.FILE.write_text(f"{HEAD}items:\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
