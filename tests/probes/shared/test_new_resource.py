"""Token and resource groups are judged for a resource that a description adds, without a line of Python about it."""

import pytest
from tests.conftest import serve
from tests.probes.probe_bench import PROBES
from tests.probes.shared.widget_server import OPERATIONS, Widgets, open_session

from lmconform.errors import caught
from lmconform.judgement import State
from lmconform.probes.context import Context

TOKEN = ("LM-AUTH-EVERY-LIST", "LM-AUTH-EVERY-READ", "LM-AUTH-EVERY-CHANGE")
GROUPS = ("LM-ISOLATION-EVERY-OPERATION",)


def states(folder, requirements, widgets):
    """What the probes say of each operation on widgets."""
    found = {}
    with serve(widgets.answer) as (url, _):
        session = open_session(url, folder)
        for requirement in requirements:
            ctx = Context(session, session.client(PROBES[requirement].id))
            caught(lambda ctx=ctx, requirement=requirement: PROBES[requirement].function(ctx))
            found |= {part.operation: part.state for part in ctx.parts if part.operation in OPERATIONS}
        session.close()
    return found


def test_every_operation_on_widgets_is_judged_to_need_a_token(tmp_path):
    assert states(tmp_path, TOKEN, Widgets()) == dict.fromkeys(OPERATIONS, State.KEPT)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_one_operation_that_needs_no_token_is_found(tmp_path, operation):
    found = states(tmp_path, TOKEN, Widgets(open_to_all=operation))
    assert [name for name, state in found.items() if state is State.BROKEN] == [operation]


@pytest.mark.parametrize("operation", ["createWidget", "deleteWidget"])
def test_a_change_that_is_refused_and_carried_out_is_found(tmp_path, operation):
    found = states(tmp_path, TOKEN, Widgets(refuses_yet_does=operation))
    assert [name for name, state in found.items() if state is State.BROKEN] == [operation]


def test_every_operation_that_names_a_widget_is_judged_from_another_resource_group(tmp_path):
    found = states(tmp_path, GROUPS, Widgets())
    assert found == {name: State.KEPT for name in OPERATIONS if name != "createWidget"}


@pytest.mark.parametrize("operation", ["listWidgets", "getWidget", "modifyWidget", "deleteWidget"])
def test_the_one_operation_that_reaches_another_resource_group_is_found(tmp_path, operation):
    found = states(tmp_path, GROUPS, Widgets(crosses=operation))
    assert [name for name, state in found.items() if state is State.BROKEN] == [operation]
