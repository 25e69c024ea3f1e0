"""How things are spelled: replies, refusals, times, ids, optional members, error envelopes."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone


@dataclass
class Reply:
    """An answer before it is put on the wire; ``kind`` is json, text, html, bytes or empty."""

    status: int
    body: object = None
    kind: str = "json"
    headers: dict = field(default_factory=dict)


class Refused(Exception):
    """The request is refused: ``form`` is json (with envelope), text, html or empty."""

    def __init__(self, status, message, code=None, form="json", request_id=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.form = form
        self.request_id = request_id


def refuse(choice, message, code=None):
    """A refusal written as one word: ``400``, ``404-json``, ``403-text``, ``405-empty``."""
    status, _, form = str(choice).partition("-")
    return Refused(int(status), message, code, form or "json")


class Shapes:
    """Spells values as this server does."""

    def __init__(self, choices):
        self.choices = choices
        self.rng = choices.rng
        self.numbers = Counter()

    def now_text(self, moment):
        """A moment, as this server writes times."""
        way = self.choices["stamps"]
        if way == "mixed":
            way = self.rng.choice(("Z", "+00:00", "micro", "milli"))
        when = datetime.fromtimestamp(min(max(moment, -6.2e10), 2.5e11), UTC)
        if way == "lower":
            return when.isoformat(timespec="seconds").removesuffix("+00:00").lower() + "z"
        if way == "far":
            return when.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()
        spec = {"micro": "microseconds", "nano": "microseconds", "milli": "milliseconds"}.get(way, "seconds")
        bare = when.isoformat(timespec=spec).removesuffix("+00:00")
        return bare + {"nano": "000+00:00", "+00:00": "+00:00"}.get(way, "Z")

    def catalog_text(self, moment):
        """A moment of a scenario, executable or version: tenants spell these in their own way (M18)."""
        shown = self.now_text(moment)
        return shown.replace("Z", "+00:00") if self.choices["stamps"] == "as-seen" else shown

    def line_text(self, moment):
        """A moment in a log: all lines are spelled alike, or their order could not be seen."""
        if self.choices["stamps"] == "as-seen":
            shown = datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
            return shown.replace("+00:00", "000+00:00")
        if self.choices["stamps"] == "mixed":
            return self.precise(datetime.fromtimestamp(moment, UTC))
        return self.now_text(moment)

    def precise(self, when):
        """A metric's time, to the microsecond."""
        shown = when.isoformat(timespec="microseconds")
        return shown if self.choices["stamps"] == "+00:00" else shown.replace("+00:00", "Z")

    def identifier(self, kind, group, letter=""):
        """A new id: UUID or 16 hex digits, the next number of its kind, or whatever the pattern allows."""
        if self.choices["ids"] in ("numbered", "by-group"):
            counted = (kind, id(group) if self.choices["ids"] == "by-group" else None)
            self.numbers[counted] += 1
            return f"{self.numbers[counted]:08d}"
        if self.choices["ids"] == "free":
            number = str(self.rng.randrange(10**6))
            length = self.rng.choice((2, 20, 63 - len(number)))
            return self.rng.choice("kQ7_") + "".join(self.rng.choice("aZ09_-.xY") for _ in range(length)) + number
        if letter:
            return letter + f"{self.rng.getrandbits(60):015x}"
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def thing(self, members, *, optional=(), plain=()):
        """A resource's members: empty optional ones appear, are null or absent; others may be added.

        ``plain`` names members that may be left out even when there is a value.
        """
        way = self.choices["optional"]
        shown = {}
        for name, value in members.items():
            if name in plain and not self.choices["sdk_members"]:
                continue
            if name in optional and value in (None, "", [], {}):
                this = self.rng.choice(("full", "null", "absent")) if way == "mixed" else way
                if this == "absent" or (value is None and this == "full"):
                    continue
                value = None if this == "null" else value
            shown[name] = value
        if self.choices["extra_members"]:
            shown["x-region"] = {"name": "nowhere", "zones": [1, None]}
            shown["progress"] = "100/100"
        return self.shuffled_members(shown)

    def shuffled_members(self, members):
        """The same members in another order, when this server cares as little as JSON does."""
        names = list(members)
        if self.choices["shuffle"]:
            self.rng.shuffle(names)
        return {name: members[name] for name in names}

    def envelope(self, status, message, code=None, target=None):
        """The error member of a refusal."""
        spelling = self.choices["error_code"]
        made = {"number": "01010999", "word": "InvalidRequest", "status": str(status)}[spelling]
        error = {"code": code or made, "message": message}
        ids = self.choices["request_id"]
        if ids == "mixed":
            ids = self.rng.choice(("requestId", "requestID", "request_id", "absent"))
        if ids in ("null", "empty"):
            error["requestId"] = None if ids == "null" else ""
        elif ids != "absent":
            error[ids] = f"{self.rng.getrandbits(64):x}"
        if self.choices["error_target"] and target:
            error["target"] = target
        way = self.choices["details"]
        if way == "mixed":
            way = self.rng.choice(("absent", "object", "array", "null"))
        forms = {
            "object": {"reason": message},
            "array": [{"code": None, "message": message}],
            "null": None,
            "empty": {},
        }
        if way in forms:
            error["details"] = forms[way]
        if self.choices["error_extra"]:
            error["innererror"] = {"stack": []}
        return self.shuffled_members(error)

    def refusal(self, refused, target):
        """The reply to a refused request."""
        if refused.form == "json":
            body = {"error": self.envelope(refused.status, refused.message, refused.code, target)}
            if refused.request_id is not None:
                body["error"]["requestId"] = refused.request_id
            if refused.code == "05011000":
                body["error"] = {n: v for n, v in body["error"].items() if n.lower() not in ("requestid", "request_id")}
            if refused.status == 413 and self.choices["too_large"] == "bare":
                body = {"request_id": "0", "message": refused.message}
            if self.choices["error_extra"]:
                body["status"] = refused.status
            return Reply(refused.status, body)
        if refused.form == "html":
            return Reply(refused.status, f"<html><body><h1>{refused.message}</h1></body></html>", "html")
        if refused.form == "bare":
            return Reply(refused.status, {"message": refused.message})
        if refused.form == "empty":
            return Reply(refused.status, None, "empty")
        return Reply(refused.status, refused.message, "text")

    def said(self, documented):
        """A success message."""
        return documented if self.choices["message"] == "documented" else "ok"
