"""Probes of the bulk update of executions: one result for each entry, in order."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Any

from lmconform.errors import Inconclusive
from lmconform.probes import trials
from lmconform.probes.families import MALFORMED, refuses
from lmconform.probes.lab import TERMINAL, Json, Lab
from lmconform.probes.lifecycle import STOPPABLE
from lmconform.probes.registry import probe
from lmconform.probes.trials import Trial

_TRIES = 3


def entry(execution: str, target: str = "STOPPED") -> Json:
    """One entry of a bulk request."""
    return {"id": execution, "targetStatus": target}


def results(lab: Lab, entries: list[Json]) -> list[Json]:
    """The answer's entries for a bulk request, which is always 202."""
    answer = lab.send("modifyExecutions", json={"executions": entries})
    lab.expect_status(answer, {202})
    found = answer.json_object().get("executions")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


@probe("LM-BULK-RESULTS-IN-ORDER")
def results_are_in_order(lab: Lab) -> None:
    ids = [lab.absent_id() for _ in range(4)]
    # Sorted neither way, so that a server that sorts is seen.
    ids = [*sorted(ids)[2:], *sorted(ids)[:2]]
    found = [item.get("id") for item in results(lab, [entry(i) for i in ids])]
    lab.expect(found == ids, expected=f"{ids}", actual=f"{found}")


@probe("LM-BULK-UNKNOWN-ID")
def unknown_id_is_an_error_of_its_entry(lab: Lab) -> None:
    for target in ("STOPPED", "DELETED"):
        found = results(lab, [entry(lab.absent_id(), target)])
        error: Any = found[0].get("error") if found else None
        code = error.get("code") if isinstance(error, dict) else None
        lab.expect(code == "01010020", expected="an entry with error code 01010020", actual=f"{found}")


@probe("LM-BULK-STOP", effect="destructive")
def bulk_stops(lab: Lab) -> None:
    accepted = 0
    for _ in range(_TRIES):
        trial = trials.active(lab)
        absent = lab.absent_id()
        first, second = _two(lab, entry(trial.id), entry(absent))
        if "error" in first and trials.look(lab, trial) not in STOPPABLE:
            continue
        _expect_done(lab, trial, first)
        accepted += 1
        lab.expect("error" in second, expected=f"an error for {absent}", actual=f"{second}")
        trial.last = lab.wait(trial.id, TERMINAL)
        if trial.last.get("status") == "STOPPED":
            return
    # One may have ended while it was about to be stopped; one after the other is no chance.
    lab.expect(accepted < _TRIES, expected="STOPPED", actual=f"accepted {accepted} times, and each time it went on")
    raise Inconclusive("executions end before anybody can stop them")


@probe("LM-BULK-DELETE", effect="destructive")
def bulk_deletes(lab: Lab) -> None:
    trial = trials.ended(lab)
    first, second = _two(lab, entry(trial.id, "DELETED"), entry(lab.absent_id(), "DELETED"))
    _expect_done(lab, trial, first)
    lab.expect("error" in second, expected="an error for the unknown id", actual=f"{second}")
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)


refuses("LM-BULK-EMPTY", "modifyExecutions", lambda lab: [{"executions": []}])
refuses(
    "LM-BULK-BODY-TARGET",
    "modifyExecutions",
    lambda lab: [{"executions": [entry(lab.absent_id(), target)]} for target in ("COMPLETED", "LMCONFORM")],
)
refuses(
    "LM-BULK-BODY-REQUIRED",
    "modifyExecutions",
    lambda lab: [{"executions": [{"id": lab.absent_id()}]}, {"executions": [{"targetStatus": "STOPPED"}]}],
)
refuses("LM-BULK-BODY-MALFORMED", "modifyExecutions", lambda lab: [MALFORMED])


def _two(lab: Lab, *entries: Json) -> tuple[Json, Json]:
    """The results of two entries; in which order they come is another requirement's matter."""
    found = {item.get("id"): item for item in results(lab, list(entries))}
    first, second = (found.get(item["id"], {}) for item in entries)
    return first, second


def _expect_done(lab: Lab, trial: Trial, result: Json) -> None:
    error = result.get("error")
    if isinstance(error, dict) and error.get("code") not in ("01010076", "01010020"):
        # A template must allow bulk updates of its executions (K): no promise about ours.
        raise Inconclusive(f"bulk update of {trial.id}: {error.get('message')}")
    good = result.get("id") == trial.id and isinstance(result.get("message"), str)
    lab.expect(good, expected=f"id {trial.id} with a message", actual=f"{result}")
