"""How much of results.jsonl stories may take: a target that breaks everything must not make it large."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Final

from lmconform.results.events import Event, Result

# Whole stories of one requirement and outcome, and characters of all stories together.
_WHOLE: Final = 5
_MOST: Final = 8 * 1024 * 1024


class StorySize:
    """Counts what stories took; one writer of a file has one."""

    def __init__(self, most: int = _MOST) -> None:
        self._left = most
        self._told: Counter[tuple[str, ...]] = Counter()

    def cut(self, event: Event) -> Event:
        """The event with its story, with the request that shows the finding alone, or with neither.

        The first stories of a requirement are whole: those after them have one cause with these, most likely.
        """
        if not isinstance(event, Result) or not event.story:
            return event
        key = (event.outcome, *event.requirements)
        self._told[key] += 1
        whole, shown = event.story, tuple(step for step in event.story if step["telling"])[-1:]
        for story in (whole, shown) if self._told[key] <= _WHOLE else (shown,):
            size = len(json.dumps(story))
            if size <= self._left:
                self._left -= size
                return replace(event, story=story)
        return replace(event, story=())
