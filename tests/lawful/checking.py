"""What a request may say: bodies by the published schema, query parameters as strictly as this server cares."""

import json
import re
from datetime import UTC, datetime

from . import habits
from .shapes import Refused, refuse

ID = re.compile(r"[\w.-]{4,64}", re.ASCII)
NAME = re.compile(r"[\w\s.!?,;:\[\](){}<>\"'=+*/\\^&%@~$#|-]*", re.ASCII)
URL = re.compile(r"([a-z0-9-]+)://.+")
LABEL_KEY = re.compile(r"ext\.ai\.sap\.com/[\w.-]+", re.ASCII)
SELECTOR = re.compile(r"(ext\.ai\.sap\.com/[\w.-]+?)(!?=)([^ =,]+)", re.ASCII)
TTL = re.compile(r"([0-9]+)([mMhHdD])", re.ASCII)
STATUSES = ("PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPING", "STOPPED", "UNKNOWN")


def bad(message, code=None):
    """A request that the schema forbids."""
    return Refused(400, f"Invalid Request, {message}", code)


def text(value, name, *, pattern=None, longest=None, shortest=0):
    """A string that fits."""
    if not isinstance(value, str):
        raise bad(f"{name} is not a string")
    if longest is not None and len(value) > longest:
        raise bad(f"{name} is too long")
    if len(value) < shortest:
        raise bad(f"{name} is too short")
    if pattern and not pattern.fullmatch(value):
        raise bad(f"{name} does not match its pattern")
    return value


def moment(value, name):
    """An RFC 3339 time as a datetime in UTC."""
    text(value, name)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value, re.ASCII):
        raise bad(f"{name} is not a timestamp")
    cut = re.sub(r"(\.\d{6})\d+", r"\1", value.upper().replace(" ", "T"))
    try:
        return datetime.fromisoformat(cut).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad(f"{name} is not a timestamp") from None


class Body:
    """A JSON object sent by the client, read member by member."""

    def __init__(self, api, members):
        self.api = api
        self.members = members

    @classmethod
    def read(cls, api, call, *, merge=None):
        """The body of a call. ``merge``: True where merge-patch is the declared type, None where either is."""
        declared = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        plain, patch = declared == "application/json", declared == "application/merge-patch+json"
        fits = (plain or patch) if merge is None else (patch or plain if merge else plain or patch)
        if merge is not None and api.choices["merge_patch_only"] and plain == merge:
            fits = False
        if not fits and api.choices["media_type"] != "accept":
            raise refuse(api.choices["media_type"], "Unsupported media type")
        try:
            members = json.loads(call.body.decode("utf-8-sig"), parse_constant=lambda name: 1 / 0)
        except (ValueError, ZeroDivisionError, RecursionError):
            raise bad("the body is not JSON") from None
        return cls(api, members).be_object("body")

    def be_object(self, name):
        """Itself, when it is an object."""
        if not isinstance(self.members, dict):
            raise bad(f"{name} is not an object")
        return self

    def given(self, name):
        """Whether the member has a value."""
        if name in self.members and self.members[name] is None and self.api.choices["null_in"] == "400":
            raise bad(f"{name} is null")
        return self.members.get(name) is not None

    def need(self, *names):
        """Refuse a body without these members."""
        for name in names:
            if self.members.get(name) is None:
                raise bad(f"{name} is missing")

    def text(self, name, **rules):
        """A string member, or None."""
        if not self.given(name):
            return None
        return habits.text_of(self.api, text(self.members[name], name, **rules))

    def reference(self, name):
        """The id of something else, or None; what it cannot be is not found, or wrong."""
        value = self.text(name)
        if value is not None and not ID.fullmatch(value):
            raise refuse(self.api.choices["bad_reference"], f"Invalid Request, {name} does not match its pattern")
        return value

    def one_of(self, name, values):
        """An enumerated member, or None."""
        value = self.text(name)
        if value is not None and value not in values:
            raise bad(f"{name} is none of {', '.join(values)}")
        return value

    def objects(self, name, *, most=None):
        """A list of objects as bodies, or None."""
        if not self.given(name):
            return None
        entries = self.members[name]
        if not isinstance(entries, list):
            raise bad(f"{name} is not a list")
        if most is not None and len(entries) > most:
            raise bad(f"{name} has too many entries")
        return [Body(self.api, entry).be_object(f"{name} entry") for entry in entries]

    def pairs(self, name, second, *, key="key", key_rules=None, rules=None, most=None):
        """A list of key-value objects, or None."""
        entries = self.objects(name, most=most)
        if entries is None:
            return None
        for entry in entries:
            entry.need(key, second)
        made = [{key: e.text(key, **(key_rules or {})), second: e.text(second, **(rules or {}))} for e in entries]
        if len({e[key] for e in made}) < len(made) and self.api.choices["double_keys"] == "400":
            raise bad(f"{name} has a key twice")
        return made


class Query:
    """Query parameters as this server reads them; what it does not know it ignores."""

    def __init__(self, api, values):
        self.api = api
        self.values = values

    def one(self, name):
        """The value, or None."""
        return self.values.get(name, [None])[-1]

    def several(self, name):
        """A comma-joined list, or None."""
        return None if self.one(name) is None else ",".join(self.values[name]).split(",")

    def _unfit(self, name, value=None):
        if self.api.choices["bad_filter"] == "400":
            seen = value is not None and habits.unlike_pattern(self.api, name, value)
            raise seen or bad(f"{name} is not allowed")
        return "\0no-such-thing"

    def one_id(self, name):
        """An id to filter by, or None."""
        value = self.one(name)
        return value if value is None or ID.fullmatch(value) else self._unfit(name, value)

    def ids(self, name):
        """Ids to filter by, or None."""
        values = self.several(name)
        return None if values is None else [v if ID.fullmatch(v) else self._unfit(name) for v in values]

    def one_of(self, name, allowed):
        """An enumerated value, or None."""
        value = self.one(name)
        return value if value is None or value in allowed else self._unfit(name)

    def flag(self, name):
        """A boolean, whatever its case."""
        return (self.one(name) or "").lower() == "true"

    def choice(self, name, allowed):
        """A value such as that of $select: another one is refused or as if it were not there."""
        value = self.one(name)
        if value is not None and value not in allowed:
            if self.api.choices["bad_select"] == "400":
                raise bad(f"{name} is not allowed")
            return None
        return value

    def search(self, *texts):
        """Whether $search finds something in the texts."""
        wanted = self.one("$search")
        if wanted is None:
            return True
        if wanted == "":
            if self.api.choices["empty_search"] == "400":
                raise bad("$search is empty")
            return True
        if (len(wanted) > 80 or "~" in wanted) and self.api.choices["search_limit"] == "400":
            raise bad("$search is not allowed")
        texts = [t or "" for t in texts]
        if self.flag("searchCaseInsensitive"):
            return any(wanted.lower() in t.lower() for t in texts)
        return any(wanted in t for t in texts)

    def selectors(self, name):
        """Label expressions as (key, wanted equal, value)."""
        parts = self.several(name)
        if parts is None:
            return []
        if len(parts) > 10 and self.api.choices["spare_labels"] == "400":
            raise bad(f"{name} has more than ten expressions")
        found = [SELECTOR.fullmatch(part) for part in parts]
        if not all(found):
            self._unfit(name)
            return [("\0", True, "\0")]
        return [(m[1], m[2] == "=", m[3].replace("{comma}", ",")) for m in found]

    def number(self, name, default, *, largest=None, smallest=0):
        """A whole number for paging."""
        value = self.one(name)
        if value is None and self.api.choices["bare_top"] == "honour":
            value = self.one(name.removeprefix("$"))
        if value is None:
            return default
        fits = re.fullmatch(r"-?\d{1,18}", value, re.ASCII) and int(value) >= smallest
        if fits and (largest is None or int(value) <= largest):
            return int(value)
        if self.api.choices["bad_paging"] == "400":
            raise bad(f"{name} is not allowed")
        return largest if fits else default

    def page(self, entries, *, default=10000, largest=100000):
        """The page asked for, and whether one was."""
        top = self.number("$top", default, largest=largest)
        skip = self.number("$skip", 0)
        if top == 0 and self.api.choices["top_zero"] == "400":
            raise bad("$top is zero")
        return entries[skip : skip + top]
