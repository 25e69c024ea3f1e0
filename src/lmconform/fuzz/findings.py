"""What fuzz answers: counts of cases, and one judgement for each cause that is broken."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemathesis.core.failures import Failure as CheckFailure

from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, broken

Cause = tuple[str, int]


@dataclass(slots=True)
class Report:
    """What the generated data of one item gave.

    ``positive`` counts the cases that ought to be accepted, ``negative`` all others that were sent, ``accepted`` the
    2xx among the positive ones. ``judged`` are the requirements that something was judged by, ``broken`` one
    judgement for each cause.
    """

    positive: int = 0
    negative: int = 0
    accepted: int = 0
    judged: set[str] = field(default_factory=set)
    broken: tuple[Judgement, ...] = ()

    @property
    def cases(self) -> int:
        """All requests that were generated and sent."""
        return self.positive + self.negative

    @property
    def summary(self) -> str:
        """The counts in words."""
        accepted = f"{self.positive} positive ({self.accepted} accepted)"
        return f"{self.cases} cases: {accepted}, {self.negative} negative"


class Broken(CheckFailure):
    """A judgement that something is broken, and the exchange that shows it, as schemathesis carries the two."""

    __slots__ = ("exchange", "judgement")

    def __init__(self, operation: str, judgement: Judgement, exchange: Exchange) -> None:
        words = f"expected {judgement.expected}, got {judgement.actual}"
        super().__init__(operation=operation, title=judgement.requirement, message=words)
        self.judgement = judgement
        self.exchange = exchange

    @classmethod
    def rule(cls, operation: str, requirement: str, expected: str, exchange: Exchange) -> Broken:
        """The answer is not ``expected``."""
        return cls(operation, broken(requirement, expected, exchange.brief), exchange)

    @property
    def cause(self) -> Cause:
        """Judgements with the same cause are one: the requirement, and the status of the answer."""
        return self.judgement.requirement, self.exchange.status

    @property
    def _unique_key(self) -> str:
        return f"{self.judgement.requirement}/{self.exchange.status}"
