"""The names and ids of a Context are unique, and recognisable."""

import re

from tests.probes.probe_bench import open_session

from lmconform.probes.context import Context
from lmconform.safety.guard import ABSENT_PREFIX


def test_names_have_the_prefix_and_absent_ids_are_well_formed(mock):
    session = open_session(mock)
    ctx = Context(session, session.client("probe/test"))
    names, ids = [ctx.unique("thing") for _ in range(9)], [ctx.absent_id() for _ in range(9)]
    assert len({*names, *ids}) == 18
    assert all(name.startswith(f"{session.run.prefix}thing-") for name in names)
    assert all(i.startswith(ABSENT_PREFIX) and re.fullmatch(r"[\w.-]{4,64}", i) for i in ids)
