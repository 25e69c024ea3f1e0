"""The events of a run, one line of results.jsonl each; schemas/results.schema.json pins them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what was run, against what, with which inputs.

    ``contract_version`` is the version of SAP's description that the target is judged by, ``contract_because`` the
    reason when it is not simply ours, ``left_out`` the requirements of the run that were published later.
    ``target_because`` is the reason for a target that the user did not name, ``access`` the source of the credentials,
    the URL and the resource group that they are used for. ``doctor`` is what was looked at before the first item:
    ``name``, ``state`` (ok, advice, failed) and ``text``; ``plan`` is what the run sends, creates and takes at most.
    ``waivers`` are remarks on waivers that have expired or soon will.
    ``run`` is the id by which ``lmconform cleanup`` finds the journal. A run that could not start may lack
    ``profile``, ``dialect`` and the hashes: they are empty. ``job`` is the URL of the job of continuous integration
    that it belongs to, ``files`` the URL below which that job shows its reports.
    """

    type: ClassVar[str] = "header"
    lmconform: str
    started: str
    target: str
    profile: str
    dialect: str
    seed: int
    contract_sha256: str
    register_sha256: str
    versions: dict[str, str]
    configuration: dict[str, Any]
    contract_version: str = ""
    contract_because: str = ""
    left_out: tuple[str, ...] = ()
    target_because: str = ""
    access: str = ""
    doctor: tuple[dict[str, str], ...] = ()
    plan: str = ""
    run: str = ""
    waivers: tuple[str, ...] = ()
    job: str = ""
    files: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one item says about its requirements. ``id`` is stable between runs.

    ``duration`` is in seconds; ``cases`` counts generated requests (fuzz items only), ``positive``
    those that ought to be accepted, ``accepted`` those of them that were, ``case`` is the number of the
    generated case that was the first to show what is broken;
    Of findings, ``basis`` is ``source`` in words, and ``since`` the version of SAP's description with which the promise
    came.
    ``exchanges`` are ids in exchanges.jsonl, the telling one first; ``again`` repeats this
    item; ``request`` is a curl line. ``story`` has the requests that led to what gates or warns, the oldest first:
    ``method``, ``path``, ``query``, ``headers`` and ``body`` of each, ``status``, ``answer_headers``, ``answer`` and
    ``seconds``; ``item`` is the one that sent it, ``times`` how often in a row, ``left_out`` the number of requests
    before it that are not shown, ``telling`` whether it shows the finding. ``option`` is the option of a run that would
    let the requirement be judged.
    ``waiver`` is what waivers.yaml says of a result that fails: an XFAIL, or one that fails in another way.
    ``unscored`` is the revision that the target is held to and that lacks the requirement: it is shown and never gates.
    """

    type: ClassVar[str] = "result"
    id: str
    item: str
    requirements: tuple[str, ...]
    level: str
    evidence: str
    outcome: str
    gates: bool
    operation: str = ""
    text: str = ""
    source: str = ""
    basis: str = ""
    since: str = ""
    expected: str = ""
    actual: str = ""
    message: str = ""
    because: str = ""
    option: str = ""
    exchanges: tuple[str, ...] = ()
    request: str = ""
    story: tuple[dict[str, Any], ...] = ()
    again: str = ""
    duration: float = 0.0
    cases: int = 0
    positive: int = 0
    accepted: int = 0
    case: int = 0
    waiver: str = ""
    unscored: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """How the target behaves where the contract leaves it open; it never gates."""

    type: ClassVar[str] = "observation"
    id: str
    item: str
    operation: str
    value: str
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the target took for one operation, over the whole run: its 2xx answers, in seconds.

    ``count`` is their number, ``sample`` holds at most 200 of them, sorted; ``median`` and ``p95`` are quantiles of it.
    """

    type: ClassVar[str] = "latency"
    operation: str
    count: int
    median: float
    p95: float
    sample: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run reached of one operation of the description; what it did not reach has a count of 0.

    ``statuses`` counts the answers by status, ``parameters`` the requests that sent each. ``limits`` has for each limit
    of the description (``body.name maxLength 256``) how many values were exactly at it, and how many were beyond it.
    """

    type: ClassVar[str] = "coverage"
    operation: str
    statuses: dict[str, int]
    parameters: dict[str, int]
    limits: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Life:
    """The statuses that one resource showed in one workflow, each with the seconds since the workflow's first request.

    ``end`` is when its status was seen last.
    """

    type: ClassVar[str] = "life"
    workflow: str
    noun: str
    id: str
    statuses: tuple[tuple[str, float], ...]
    end: float


@dataclass(frozen=True, slots=True)
class Footer:
    """The last line; a file without one is incomplete.

    ``left_behind`` counts what the run created and did not remove, ``left`` has the ids of that, both by noun;
    ``permanent`` are the nouns of that which the API cannot delete. ``in_doubt`` describes creations without a usable
    answer that were not found. ``cleanup`` is the command that removes what can be removed, empty when nothing can.
    ``baseline`` is what the comparison with an earlier run says in one line, empty when none was asked for.
    ``since`` is when the last run of this target began that judged the same and is in the history, empty where there is
    none; ``changes`` is what became different since then: ``kind``, ``id``, ``was`` and ``now`` of each.
    """

    type: ClassVar[str] = "footer"
    complete: bool
    verdict: str
    exit_code: int
    finished: str
    duration: float
    counts: dict[str, int]
    fuzz_cases: int
    exchanges: int
    not_exercised: tuple[str, ...] = ()
    left_behind: dict[str, int] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    permanent: tuple[str, ...] = ()
    in_doubt: tuple[str, ...] = ()
    cleanup: str = ""
    message: str = ""
    baseline: str = ""
    since: str = ""
    changes: tuple[dict[str, str], ...] = ()


Event = Header | Result | Observation | Latency | Coverage | Life | Footer

_KINDS: Final[dict[str, type[Any]]] = {
    kind.type: kind for kind in (Header, Result, Observation, Latency, Coverage, Life, Footer)
}
_MEMBERS: Final = {kind: tuple(f.name for f in fields(kind)) for kind in _KINDS.values()}


def as_json(event: Event) -> dict[str, Any]:
    """The event as a JSON object, ``type`` first."""
    # Members are plain values: asdict would copy each of them deeply.
    data = {name: getattr(event, name) for name in _MEMBERS[type(event)]}
    return {"type": event.type, **{key: list(v) if isinstance(v, tuple) else v for key, v in data.items()}}


def with_texts(event: Event, change: Callable[[str], str]) -> Event:
    """The event with each of its texts changed."""
    values = ((name, getattr(event, name)) for name in _MEMBERS[type(event)])
    changed = {name: new for name, value in values if (new := _with_texts(value, change)) != value}
    return replace(event, **changed) if changed else event


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_with_texts(name, change): _with_texts(member, change) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_with_texts(part, change) for part in value)
    return value


def from_json(data: dict[str, Any]) -> Event:
    """The event of one line; ValueError when it is none."""
    rest = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key != "type"}
    try:
        event: Event = _KINDS[data["type"]](**rest)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event of a run: {error}") from error
    return event


def now() -> str:
    """The time that an event carries: RFC 3339 in UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
