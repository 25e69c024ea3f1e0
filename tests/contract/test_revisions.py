"""Frozen sets of requirements: the latest lists the register, older ones stay, and what is newer never gates."""

import hashlib

import pytest

from lmconform.contract import bundle, revisions
from lmconform.contract.requirements import Register
from lmconform.errors import ConfigError
from lmconform.judgement import Evidence, Level, Outcome, State

REGISTER = Register.load()
# The SHA-256 of each revision that a release has.
FROZEN: dict[str, str] = {}


def test_the_latest_revision_lists_exactly_the_register():
    wanted = REGISTER.scored()
    found = dict(revisions.read(revisions.names()[-1]))
    assert found == wanted, "".join(
        f"  {name}: {level}\n" for name, level in wanted.items() if found.get(name) != level
    )


def test_a_revision_that_was_released_stays_as_it_is():
    folder = bundle.root() / "specs" / "lm" / "revisions"
    assert set(FROZEN) <= set(revisions.names())
    for name, digest in FROZEN.items():
        assert hashlib.sha256((folder / f"{name}.yaml").read_bytes()).hexdigest() == digest, name


def test_a_requirement_that_a_revision_lacks_never_gates_and_keeps_its_level_in_reports():
    must = next(r for r in REGISTER.values() if r.level is Level.MUST and r.may_gate and not r.excluded)
    assert must.weigh(State.BROKEN) == (Outcome.FAIL, True)
    held = REGISTER.held_to({name: r.level for name, r in REGISTER.items() if name != must.id}, "2026-01")
    newer = held[must.id]
    assert (newer.level, newer.unscored) == (Level.MUST, "2026-01")
    assert newer.weigh(State.BROKEN) == (Outcome.INFO, False)
    assert newer.weigh(State.NOT_TESTABLE) == (Outcome.NOT_TESTABLE, False)
    assert newer.weigh(State.KEPT) == (Outcome.PASS, False)
    assert [name for name, r in held.items() if r.unscored] == [must.id]
    assert held.sha256 == REGISTER.sha256


@pytest.mark.parametrize("pinned", Level)
@pytest.mark.parametrize("now", Level)
def test_a_requirement_binds_no_more_than_its_revision_says_and_no_more_than_the_register(pinned, now):
    first = next(r for r in REGISTER.values() if r.level is now or now is Level.MAY)
    levels = [Level.MUST, Level.SHOULD, Level.MAY]
    held = REGISTER.held_to({first.id: pinned}, "2026-01")[first.id]
    assert levels.index(held.level) == max(levels.index(pinned), levels.index(first.level))


def test_what_no_publication_promises_is_no_more_than_a_may_in_a_revision():
    assumed = [r.id for r in REGISTER.values() if r.evidence is Evidence.ASSUMED and not r.excluded]
    assert {REGISTER.scored()[name] for name in assumed} == {Level.MAY}


def test_a_revision_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ConfigError, match="--revision: there is no '2026-1'; did you mean '2026-11'"):
        revisions.check("2026-1")
