"""What a probe says as a whole, when it judged its requirement for several operations one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lmconform.errors import Failure, NotApplicable, NotTestable, Skip
from lmconform.judgement import Judgement, State


def gravest(
    own: Failure | Skip | None, raised: Iterable[Failure | Skip], parts: Sequence[Judgement]
) -> Failure | Skip | None:
    """What stands for the whole: ``own`` is how the probe's function ended, ``raised`` what its parts raised.

    Any broken part breaks the requirement, any part that is not testable keeps it from passing.
    None, which is a pass, needs one part that is kept, unless there are no parts.
    """
    every = [*([own] if own else []), *raised]
    for kind in (Failure, NotTestable):
        for one in every:
            if isinstance(one, kind):
                return one
    if own is not None or not parts or any(part.state is State.KEPT for part in parts):
        return own
    return min(every, key=lambda one: isinstance(one, NotApplicable))
