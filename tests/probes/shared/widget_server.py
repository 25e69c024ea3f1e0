"""A toy server of widgets, which no description of SAP has, with at most one hole in tokens or resource groups."""

import json
from collections import defaultdict

from tests.contract.widgets import with_widgets

from lmconform.client.session import Session
from lmconform.contract.requirements import Register
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import LOOPBACK

# The operation at each method, for a collection and for one widget.
AT_COLLECTION = {"GET": "listWidgets", "POST": "createWidget"}
AT_ITEM = {"GET": "getWidget", "PATCH": "modifyWidget", "DELETE": "deleteWidget"}
OPERATIONS = (*AT_COLLECTION.values(), *AT_ITEM.values())

# The toy server has nothing to configure: a widget is created from its name.
PLAIN = """
  - target: $.components.schemas.WidgetCreation.required
    remove: true
  - target: $.components.schemas.WidgetCreation.properties.configurationId
    remove: true
"""


class Widgets:
    """Widgets by resource group.

    ``open_to_all`` is an operation that needs no token, ``crosses`` one that reaches the widgets of all groups,
    ``refuses_yet_does`` one that is refused without a token and carried out all the same.
    """

    def __init__(self, *, open_to_all="", crosses="", refuses_yet_does=""):
        self.open_to_all, self.crosses, self.refuses_yet_does = open_to_all, crosses, refuses_yet_does
        self.groups = defaultdict(dict)

    def answer(self, handler):
        """One answer."""
        path, _, item = handler.path.partition("?")[0].removeprefix("/v2/lm/").partition("/")
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
            return
        operation = (AT_ITEM if item else AT_COLLECTION).get(handler.command, "") if path == "widgets" else ""
        has_token = handler.headers.get("Authorization") == "Bearer token-of-the-test"
        if not has_token and operation not in {self.open_to_all, self.refuses_yet_does} - {""}:
            handler.reply(401, {"error": {"code": "401", "message": "no token"}})
            return
        status, body = self.carry_out(operation, path, item, handler)
        if not has_token and operation == self.refuses_yet_does:
            status, body = 401, {"error": {"code": "401", "message": "no token"}}
        handler.reply(status, body)

    def carry_out(self, operation, path, item, handler):
        """Status and body of one operation."""
        if path == "scenarios":
            return 200, {"count": 0, "resources": []}
        group = self.groups[handler.headers.get("AI-Resource-Group")]
        if operation and operation == self.crosses:
            group = next((held for held in self.groups.values() if item in held or (not item and held)), group)
        if operation == "createWidget":
            made = {"id": f"widget-{sum(map(len, self.groups.values())) + 1}", **json.loads(handler.body)}
            group[made["id"]] = made
            return 201, made
        if operation == "listWidgets":
            return 200, {"count": len(group), "resources": list(group.values())}
        if item not in group:
            return 404, {"error": {"code": "404", "message": "not found"}}
        if operation == "deleteWidget":
            del group[item]
        return (200, group[item]) if operation == "getWidget" else (202, {})


def open_session(url, folder, *more):
    """A session that judges the server by a description with widgets; ``more`` is added to its overlay."""
    credentials = Credentials("client", "secret-of-the-test", f"{url}/oauth/token", "")
    target = Target("test", f"{url}/v2", credentials, "tutorial", "other", 0.01, LOOPBACK)
    config, register = RunConfig.from_options("mock", {}), Register.load()
    return Session.open(config, with_widgets(folder, PLAIN, *more), register, target, None)
