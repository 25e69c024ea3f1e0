"""Stories take a bounded part of results.jsonl, and the first ones of a cause are whole."""

from dataclasses import replace

from lmconform.results.events import Result
from lmconform.results.story_size import StorySize

STEPS = tuple({"id": str(n), "telling": n == 3, "answer": "x" * 100} for n in range(4))
FAIL = Result("probe/A", "probe/A", ("LM-A",), "MUST", "spec", "FAIL", True, story=STEPS)


def test_the_first_stories_of_a_requirement_are_whole_and_later_ones_are_the_request_that_shows_it():
    size = StorySize()
    told = [size.cut(replace(FAIL, id=str(n))).story for n in range(7)]
    assert told == [STEPS] * 5 + [STEPS[3:]] * 2
    assert size.cut(replace(FAIL, requirements=("LM-B",))).story == STEPS


def test_what_is_over_the_bound_is_left_out():
    size = StorySize(most=780)
    told = [size.cut(replace(FAIL, requirements=(str(n),))).story for n in range(4)]
    assert told == [STEPS, STEPS[3:], (), ()]
