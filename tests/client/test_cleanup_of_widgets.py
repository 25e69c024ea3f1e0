"""A resource that an overlay adds is stopped and removed by the code that removes all others."""

import json

import pytest
from tests.conftest import serve
from tests.contract.widgets import ALIVE, with_widgets

from lmconform.client.cleanup import clean, removable
from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.contract.resources import resources
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT


class Toy:
    """A server of widgets: each has a status, and only what is at rest can be deleted."""

    def __init__(self, status):
        self.status = status
        self.widgets = {}

    def answer(self, handler):
        """One answer."""
        name = handler.path.rpartition("/")[2]
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif handler.command == "POST":
            name = f"widget-{len(self.widgets) + 1}"
            self.widgets[name] = self.status
            handler.reply(201, {"id": name, "status": self.status})
        elif name not in self.widgets:
            handler.reply(404, {})
        elif handler.command == "PATCH":
            self.widgets[name] = json.loads(handler.body)["halt"]
            handler.reply(202, {})
        elif self.widgets[name] == "BUSY":
            handler.reply(412, {})
        else:
            del self.widgets[name]
            handler.reply(202, {})


def open_session(url, contract):
    credentials = Credentials("client", "secret-of-the-test", f"{url}/oauth/token", "")
    target = Target("test", f"{url}/v2", credentials, "tutorial", None, 0.01, TENANT)
    return Session.open(
        RunConfig.from_options("mock", {"allow_deployments": True}), contract, Register.load(), target, None
    )


@pytest.mark.parametrize(
    ("more", "status", "methods"), [((), "NEW", {"DELETE"}), ((ALIVE,), "BUSY", {"DELETE", "PATCH"})]
)
def test_widgets_are_removed_and_stopped_first_where_the_description_says_how(tmp_path, more, status, methods):
    toy = Toy(status)
    with serve(toy.answer) as (url, seen):
        session = open_session(url, with_widgets(tmp_path, *more))
        client = session.client("test")
        for _ in range(3):
            assert client.send("createWidget", json={}, judge=False).ok
        assert session.journal.count_left() == {"widget": 3}
        made = len(seen)
        clean(session)
    assert toy.widgets == {}
    assert session.journal.count_left().total() == 0
    assert {method for method, _ in seen[made:]} == methods
    session.close()


def test_what_starts_others_goes_first_and_what_costs_money_before_what_ends():
    once, stopped = removable(resources(Contract.load()))
    assert [r.noun for r in once] == ["schedule", "metrics", "file"]
    assert [r.noun for r in stopped] == ["deployment", "execution"]


def test_a_widget_whose_start_got_lost_is_found_by_what_it_was_made_from(tmp_path):
    origin = """
  - target: $.components.schemas.WidgetCreation.properties
    update: {configurationId: {type: string}}
  - target: $.paths['/lm/widgets'].get.parameters
    update: {$ref: '#/components/parameters/ConfigurationIdFilter'}
"""
    there = [{"id": "widget-1", "configurationId": "conf-1"}, {"id": "widget-2", "configurationId": "foreign"}]

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif handler.command == "POST":
            handler.reply(502, {})
        elif handler.command == "GET":
            handler.reply(200, {"resources": there})
        else:
            there[:] = [widget for widget in there if not handler.path.endswith(widget["id"])]
            handler.reply(202, {})

    with serve(answer) as (url, _):
        session = open_session(url, with_widgets(tmp_path, origin))
        session.journal.created("configuration", "conf-1", "tutorial")
        session.client("test").send("createWidget", json={"configurationId": "conf-1"}, judge=False)
        clean(session)
        session.close()
    assert [widget["id"] for widget in there] == ["widget-2"]
    assert session.journal.count_left() == {"configuration": 1}
