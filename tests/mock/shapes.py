"""The shape of an answer: its members, and for each value its type and, of ids and times, its form."""

import re
from collections import defaultdict

FORMS = (
    ("UUID", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)),
    ("id of an execution", re.compile(r"e[0-9a-f]{15}")),
    ("id of a deployment", re.compile(r"d[0-9a-f]{15}")),
    ("32 hexadecimal digits", re.compile(r"[0-9a-f]{32}")),
    ("time in whole seconds, Z", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("time in whole seconds, offset", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")),
    ("time with a fraction, Z", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z")),
    ("time with a fraction, offset", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}\+00:00")),
    ("empty text", re.compile("")),
)
ABSENT = "absent"


def form(value):
    """The type of a value; of a text the form that is known, or ``text``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return next((name for name, pattern in FORMS if pattern.fullmatch(value)), "text")
    return {int: "number", float: "number", dict: "object", list: "list"}[type(value)]


class Shapes(defaultdict):
    """By path, such as ``resources[].id``: the forms that values were seen in there."""

    def __init__(self):
        super().__init__(set)
        # How often an object was seen, and each of its members.
        self._objects = defaultdict(lambda: defaultdict(int))

    def add(self, value, path="$"):
        """Take the forms of a value and of all in it."""
        self[path].add(form(value))
        if isinstance(value, dict):
            self._objects[path][None] += 1
            for name, member in value.items():
                self._objects[path][name] += 1
                self.add(member, f"{path}.{name}")
        elif isinstance(value, list):
            for item in value:
                self.add(item, f"{path}[]")

    def finish(self):
        """Add ``absent`` for each member that an object had and another one lacked."""
        for path, members in self._objects.items():
            for name, number in members.items():
                if number < members[None]:
                    self[f"{path}.{name}"].add(ABSENT)

    def lacking(self, value, path="$"):
        """What of the value was never seen: a path with a form."""
        if path not in self or form(value) not in self[path]:
            yield f"{path}: {form(value)}"
            return
        if isinstance(value, dict):
            for name in self._objects[path]:
                if name is not None and name not in value and ABSENT not in self[f"{path}.{name}"]:
                    yield f"{path}.{name}: {ABSENT}"
            for name, member in value.items():
                yield from self.lacking(member, f"{path}.{name}")
        elif isinstance(value, list):
            for item in value:
                yield from self.lacking(item, f"{path}[]")
