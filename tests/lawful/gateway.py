"""What stands before the operations: tokens, resource groups, limits, routes."""

import base64
import email.utils
import json
import re
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from . import catalog, enactments, files, habits, logs, metrics, records, schedules
from .checking import ID, Query
from .shapes import Refused, Reply, Shapes, refuse
from .world import World

CLIENT = ("sb-lawful!b7|aicore!b7", "s3cret=/+&%")

ROUTES = [
    ("/scenarios", {"GET": catalog.list_scenarios}),
    ("/scenarios/{scenarioId}", {"GET": catalog.get_scenario}),
    ("/scenarios/{scenarioId}/executables", {"GET": catalog.list_executables}),
    ("/scenarios/{scenarioId}/executables/{executableId}", {"GET": catalog.get_executable}),
    ("/scenarios/{scenarioId}/models", {"GET": catalog.list_models}),
    ("/scenarios/{scenarioId}/versions", {"GET": catalog.list_versions}),
    ("/artifacts", {"GET": records.list_artifacts, "POST": records.create_artifact}),
    ("/artifacts/$count", {"GET": records.count_artifacts}),
    ("/artifacts/{artifactId}", {"GET": records.get_artifact}),
    ("/configurations", {"GET": records.list_configurations, "POST": records.create_configuration}),
    ("/configurations/$count", {"GET": records.count_configurations}),
    ("/configurations/{configurationId}", {"GET": records.get_configuration}),
    ("/executionSchedules", {"GET": schedules.query, "POST": schedules.create}),
    ("/executionSchedules/$count", {"GET": schedules.count}),
    (
        "/executionSchedules/{executionScheduleId}",
        {"GET": schedules.get, "PATCH": schedules.modify, "DELETE": schedules.delete},
    ),
    ("/metrics", {"GET": metrics.find, "PATCH": metrics.patch, "DELETE": metrics.delete}),
    ("/meta", {"GET": catalog.meta}),
    ("/dataset/files/{path}", {"GET": files.download, "PUT": files.upload, "DELETE": files.delete}),
]
for _deploys, _name, _id in ((False, "executions", "executionId"), (True, "deployments", "deploymentId")):
    _all = {
        "GET": enactments.lister(_deploys),
        "POST": enactments.creator(_deploys),
        "PATCH": enactments.bulk(_deploys),
    }
    _one = {
        "GET": enactments.getter(_deploys),
        "PATCH": enactments.modifier(_deploys),
        "DELETE": enactments.deleter(_deploys),
    }
    ROUTES += [
        (f"/{_name}", _all),
        (f"/{_name}/$count", {"GET": enactments.counter(_deploys)}),
        (f"/{_name}/{{{_id}}}", _one),
        (f"/{_name}/{{{_id}}}/logs", {"GET": logs.getter(_deploys)}),
    ]


def _pattern(template):
    parts = re.split(r"(\{\w+\})", template)
    made = "".join(
        (f"(?P<{p[1:-1]}>.+)" if p == "{path}" else f"(?P<{p[1:-1]}>[^/]+)") if p.startswith("{") else re.escape(p)
        for p in parts
    )
    return re.compile(made)


COMPILED = [(_pattern(template), methods) for template, methods in ROUTES]
NO_GROUP_NEEDED = ("/meta", "/logs")
BY_UUID = ("artifactId", "configurationId", "executionScheduleId")
UUID = re.compile(r"[0-9a-f-]{36}")


@dataclass
class Call:
    """One request on its way to an operation."""

    api: "Api"
    method: str
    path: str
    headers: dict
    body: bytes
    query: Query
    ids: dict
    group: object = None

    def id(self, name):
        """An id out of the path."""
        value = self.ids[name]
        if not ID.fullmatch(value):
            raise refuse(self.api.choices["bad_path_id"], f"Invalid Request, {name} does not match its pattern")
        if self.api.choices["unlike_ours"] == "400" and name in BY_UUID and not UUID.fullmatch(value):
            # All ids of this kind look alike here, and this one is none of them.
            raise Refused(400, f"Invalid Request, {name} is no UUID")
        return value


class Api:
    """One server's behaviour."""

    def __init__(self, choices, url):
        self.choices = choices
        self.rng = choices.rng
        self.chance = choices.chance
        self.url = url
        self.world = World(choices)
        self.shapes = Shapes(choices)
        self.tokens = {}
        self.seen = 0

    def answer(self, method, target, headers, body):
        """The reply to a request; ``headers`` have lower-case names."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        if path == "/-/harmed":
            return Reply(200, self.world.harmed)
        self.seen += 1
        try:
            self._throttle()
            self._hold_up(method)
            self._filter(parts)
            tidy = re.sub("/+", "/", parts.path).rstrip("/")
            if self.choices["untidy_path"] != "as-it-is" and tidy != parts.path:
                return Reply(int(self.choices["untidy_path"]), None, "empty", headers={"Location": tidy})
            if path == "/oauth/token":
                return self._token(headers, body, parse_qs(parts.query))
            return self._operate(method, parts, path, headers, body)
        except Refused as refused:
            return self.shapes.refusal(refused, path)

    def _throttle(self):
        every = self.choices["throttle"]
        if every and self.seen % every == 0:
            reply = refuse(
                {"text": "429-text", "json": "429", "empty": "429-empty"}[self.choices["throttle_body"]], "Slow"
            )
            reply.limited = True
            raise reply

    def _hold_up(self, method):
        every = self.choices["flaky"]
        if every and method == "GET" and self.seen % every == 0:
            raise refuse("503-text", "upstream connect error")

        every = self.choices["no_upstream"]
        if every and self.seen % every == 0:
            raise refuse("503-text", "no healthy upstream")

    def _filter(self, parts):
        """What looks like an attack on the way to the service gets a page; what clients send does not."""
        text = unquote(parts.query if "$filter" not in parts.query else "") + parts.path
        if self.choices["firewall"] != "none" and (
            re.search(r"['<>\x00-\x1f]|(?:^|/)\.\.(?:/|$)", text) or len(parts.query) > 2000
        ):
            raise refuse(f"{self.choices['firewall']}-html", "Request rejected")

    def _is_off(self, inner):
        """Whether the path belongs to something that this server does not have, not even as a path."""
        off = {name for name in ("executions", "deployments", "schedules") if self.choices[name] == "off"}
        off |= {"schedules"} if "executions" in off else set()
        names = {"executions": "/executions", "deployments": "/deployments", "schedules": "/executionSchedules"}
        return not self.choices["off_routes"] and any(
            inner == names[name] or inner.startswith(f"{names[name]}/") for name in off
        )

    def retry_after(self):
        """Headers of a 429."""
        way = self.choices["retry_after"]
        dates = {"seconds": self.rng.choice("00001"), "date": email.utils.formatdate(time.time(), usegmt=True)}
        return {"Retry-After": dates[way]} if way != "absent" else {}

    def _token(self, headers, body, query):
        form = {k: v[-1] for k, v in (query | parse_qs(body.decode("utf-8", "replace"))).items()}
        scheme, _, coded = headers.get("authorization", "").partition(" ")
        given = (form.get("client_id"), form.get("client_secret"))
        if scheme.lower() == "basic":
            name, _, secret = base64.b64decode(coded).decode().partition(":")
            given = (unquote(name), unquote(secret)) if (name, secret) != CLIENT else (name, secret)
        if given != CLIENT or form.get("grant_type") != "client_credentials":
            return Reply(401, {"error": self.choices["wrong_secret"], "error_description": "Bad credentials"})
        token = "ey" + "".join(self.rng.choice("abcXYZ019-_.") for _ in range(self.choices["token_size"]))
        life = self.choices["token_life"]
        self.tokens[token] = time.monotonic() + int(life)
        members = {"access_token": token, "token_type": self.choices["token_type"], "expires_in": life, "jti": "1"}
        return Reply(200, members)

    def _check_token(self, headers):
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not token:
            raise refuse(self.choices["no_token"], "RBAC: access denied")
        if scheme.lower() != "bearer" or token not in self.tokens:
            raise refuse(self.choices["bad_token"], "Jwt issuer is not configured")
        if self.tokens[token] < time.monotonic():
            raise refuse(self.choices["bad_token"], "Jwt is expired")

    def _nothing_here(self):
        way = self.choices["unknown_path"]
        raise Refused(404, "no such path", form={"bare-json": "bare"}.get(way, way))

    def _operate(self, method, parts, path, headers, body):
        inner = path.removeprefix("/v2/lm")
        if not path.startswith("/v2/") and self.choices["outside"] == "bare":
            raise Refused(404, "", form="empty")
        found = [(match.groupdict(), ms) for pattern, ms in COMPILED if (match := pattern.fullmatch(inner))]
        known = path.startswith("/v2/lm/") and found and not self._is_off(inner)
        if not known and self.choices["path_before_token"]:
            self._nothing_here()
        if inner.startswith("/dataset/") and method in ("GET", "DELETE") and self.choices["unserved_before_token"]:
            files.check_served(self, method)
        self._check_token(headers)
        legacy = re.fullmatch(r"/v2/lm/configurations/([^/]+)/(executions|deployments)", path)
        if legacy and method == "POST" and self.choices["legacy_paths"] == "202":
            group = self.world.group(headers.get("ai-resource-group"))
            coded = json.dumps({"configurationId": legacy[1]}).encode()
            call = Call(
                self, method, f"/v2/lm/{legacy[2]}", {"content-type": "application/json"}, coded, None, {}, group
            )
            return enactments.creator(legacy[2] == "deployments")(self, call)
        if legacy and self.choices["legacy_paths"] == "308":
            return Reply(308, None, "empty", headers={"Location": f"/v2/lm/{legacy[2]}"})
        if legacy and self.choices["legacy_paths"] != "202":
            raise refuse(self.choices["legacy_paths"] + "-text", "gone")
        if not known:
            self._nothing_here()
        ids, methods = found[0]
        if method == "HEAD" and self.choices["head"] == "like-get":
            method = "GET"
        if method not in methods:
            raise refuse(self.choices["wrong_method"], "Method not allowed")
        group = self._group(inner, headers)
        query = Query(self, parse_qs(self._unsplit(parts.query), keep_blank_values=True))
        habits.check_group(self, group, method, inner)
        self.world.live()
        reply = methods[method](self, Call(self, method, path, headers, body, query, ids, group))
        is_one = method == "GET" and ids and not inner.endswith("/logs") and query.one("$select") is None
        if self.choices["detail_extra"] and is_one and isinstance(reply.body, dict):
            reply.body["etag"] = "abc"
        if self.choices["versions_of_reads"] and is_one and isinstance(reply.body, dict):
            reply.body["etag"] = f"read-{self.seen}"
        return reply

    def _unsplit(self, query):
        """The query in which encoded signs of tagFilters stay encoded, where they are no signs to this server."""
        if self.choices["tag_filter_signs"] == "decoded":
            return query
        parts = query.split("&")
        signs = re.compile("%(3D|2C|21)", re.IGNORECASE)
        return "&".join(signs.sub(r"%25\1", p) if p.startswith("tagFilters=") else p for p in parts)

    def _group(self, inner, headers):
        name = headers.get("ai-resource-group")
        if inner == "/meta":
            return None
        if (inner.endswith("/logs") or inner.startswith("/dataset/")) and name is None:
            return self.world.groups["default"]
        return self.world.group(name)
