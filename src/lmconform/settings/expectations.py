"""What the owner of a target expects of it (``--expect``): outcomes that are no finding there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from lmconform.errors import ConfigError, did_you_mean


class Expectation(StrEnum):
    """One expectation, as the option spells it."""

    TRAINING_MAY_DIE = "training=may-die"  # the tutorial's training has no data, image or object store there
    SERVING_MAY_DIE = "serving=may-die"  # the tutorial's deployment has no model or image there


def read(given: Iterable[str]) -> frozenset[Expectation]:
    """The expectations that the option was given; raises ConfigError for one that does not exist."""
    known = [str(one) for one in Expectation]
    for text in given:
        if text not in known:
            raise ConfigError(f"--expect: {text!r} is unknown{did_you_mean(text, known)}")
    return frozenset(map(Expectation, given))
