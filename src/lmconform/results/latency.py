"""How long operations take: the event of a run, and the test that tells a slower target from noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, median
from typing import Final

from lmconform.evidence.latencies import Latencies
from lmconform.results.events import Latency

# Answers that each run needs of an operation, the chance of a false alarm over all operations of one comparison, the
# ratio of the medians, and their distance in seconds. docs/comparison.md states them.
LEAST_ANSWERS: Final = 20
CHANCE: Final = 0.001
RATIO: Final = 1.5
SECONDS: Final = 0.05
# For the drift of a run, which is a median over operations.
_FEW_ANSWERS: Final = 5
_FEW_OPERATIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Slower:
    """An operation whose answers take longer or shorter than noise explains; medians in seconds.

    ``ratio`` is the new median by the old one, and ``chance`` the probability to see as much without a change.
    """

    operation: str
    old: float
    new: float
    ratio: float
    chance: float


def events(latencies: Latencies) -> Iterator[Latency]:
    """What a run says of its answers, one event for each operation."""
    for operation, found in latencies.as_json().items():
        count, sample = found["count"], found["seconds"]
        assert isinstance(count, int)
        assert isinstance(sample, list)
        p95 = sample[min(len(sample) * 95 // 100, len(sample) - 1)]
        yield Latency(operation, count, round(median(sample), 5), p95, tuple(sample))


def changes(old: Mapping[str, Latency], new: Mapping[str, Latency]) -> tuple[Slower, ...]:
    """The operations that became slower or faster, by name.

    The medians have to lie apart by ``RATIO`` and by ``SECONDS``, and a Mann-Whitney U test of the two samples has to
    say that chance would do so less often than ``CHANCE``, divided by the number of operations (Bonferroni). A run on
    a busier machine, or with more workers, is slower in all operations: the same has to hold once what all have in
    common (``drift``) is taken out.
    """
    both = [name for name in sorted({*old} & {*new}) if min(old[name].count, new[name].count) >= LEAST_ANSWERS]
    if not both:
        return ()
    common = drift(old, new)
    found = []
    for name in both:
        was, now = old[name], new[name]
        chance = max(mann_whitney(was.sample, now.sample), mann_whitney(was.sample, [s / common for s in now.sample]))
        apart = _way(was.median, now.median)
        if apart and apart == _way(was.median, now.median / common) and chance < CHANCE / len(both):
            found.append(Slower(name, was.median, now.median, round(now.median / max(was.median, 1e-5), 2), chance))
    return tuple(found)


def has_drifted(old: Mapping[str, Latency], new: Mapping[str, Latency]) -> bool:
    """Whether all operations together are slower or faster by what counts for one."""
    known = [name for name in {*old} & {*new} if old[name].count >= LEAST_ANSWERS <= new[name].count]
    if not known:
        return False
    before = median(old[name].median for name in known)
    return _way(before, before * drift(old, new)) != 0


def _way(before: float, after: float) -> int:
    """1 when it is slower by what counts, -1 when it is faster, 0 otherwise."""
    if abs(after - before) < SECONDS or max(after, before) < RATIO * min(after, before):
        return 0
    return 1 if after > before else -1


def drift(old: Mapping[str, Latency], new: Mapping[str, Latency]) -> float:
    """By how much all operations together take longer in the new run: the median of their ratios, or 1."""
    ratios = [
        new[name].median / old[name].median
        for name in {*old} & {*new}
        if min(old[name].count, new[name].count) >= _FEW_ANSWERS and old[name].median > 0 and new[name].median > 0
    ]
    # Of one or two, the slower would hide itself.
    return median(ratios) if len(ratios) >= _FEW_OPERATIONS else 1.0


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p value of the Mann-Whitney U test, by its normal approximation, corrected for ties.

    Both samples have at least twenty values, for which the approximation is good (Mann and Whitney, 1947).
    """
    values = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total, ranks, ties, at = len(values), 0.0, 0, 0
    while at < total:
        end = at
        while end < total and values[end][0] == values[at][0]:
            end += 1
        ranks += sum(1 for _, which in values[at:end] if which == 0) * (at + 1 + end) / 2
        ties += (end - at) ** 3 - (end - at)
        at = end
    u = ranks - len(one) * (len(one) + 1) / 2
    spread = sqrt(len(one) * len(other) / 12 * (total + 1 - ties / (total * (total - 1))))
    if not spread:
        return 1.0
    distance = max(abs(u - len(one) * len(other) / 2) - 0.5, 0.0) / spread
    return 2 * (1 - NormalDist().cdf(distance))
