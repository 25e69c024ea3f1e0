"""What a run made, what was removed, and what is in doubt; in memory, and in a file where the run has one."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from lmconform.errors import StorageLost
from lmconform.safety.journal_file import Entry, JournalFile


@dataclass(frozen=True, slots=True, order=True)
class MaybeStarted:
    """One of a resource that a request may have started, without an answer that says so.

    It was started from the resource whose id ``origin`` is the name of, and ``value`` the id.
    """

    noun: str
    origin: str
    value: str
    resource_group: str

    def __str__(self) -> str:
        """For a message."""
        return f"a {self.noun} with {self.origin} {self.value} in resource group {self.resource_group}"


@dataclass(frozen=True, slots=True)
class Possible:
    """What a request may create: what is found by its origin, and ids that the request itself gives, with nouns."""

    resource_group: str
    maybe: tuple[MaybeStarted, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


# The noun of a resource, and an id.
Known = tuple[str, str]


class Journal:
    """The ids that this run created, by the noun of their resource; of a file its path.

    Safe to use from several threads. With a ``file`` every note goes there as well; a file that can no longer be
    written stops creations (``sending`` raises StorageLost) and nothing else.
    """

    def __init__(self, file: JournalFile | None = None) -> None:
        # Ids by noun and resource group, in the order of their creation.
        self._created: dict[tuple[str, str], dict[str, None]] = {}
        self._gone: set[tuple[str, str]] = set()
        # What was gone once, also when it was made again.
        self._once_gone: set[Known] = set()
        self._ending: set[tuple[str, str]] = set()
        # In the order in which they were not found.
        self._absent: dict[tuple[str, str], None] = {}
        # By noun and id: a target may number each kind by itself.
        self._origins: dict[Known, Mapping[str, str]] = {}
        self._names: dict[Known, str] = {}
        self._seen: set[Known] = set()
        self._disowned: set[Known] = set()
        self._doubted: set[Known] = set()
        self._asked: dict[Known, set[str]] = {}
        self._nowhere: set[Known] = set()
        self._maybe_started: set[MaybeStarted] = set()
        # Creations that were sent and have no answer yet, by their numbers.
        self._sending: dict[int, Possible] = {}
        self._numbers = itertools.count(1)
        self._file = file
        self._lock = Lock()

    # --- creations ---------------------------------------------------------------------------

    def sending(self, possible: Possible) -> int:
        """A creation is about to be sent: it is on disk when this returns. Returns the number for ``answered``."""
        number = next(self._numbers)
        with self._lock:
            self._sending[number] = possible
        if self._file is not None:
            try:
                self._file.write({"event": "sending", "number": number, **asdict(possible)}, sync=True)
            except StorageLost:
                self.answered(number)
                raise
        return number

    def answered(self, number: int) -> None:
        """The creation of that number was answered, and what the answer says has been noted; or it was not sent."""
        with self._lock:
            self._sending.pop(number, None)
        self._write({"event": "answered", "number": number})

    def created(
        self,
        noun: str,
        resource_id: str,
        resource_group: str,
        origins: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        """Remember something that this run made.

        ``origins`` are the ids of other resources that lists show it by, ``name`` is what the request called it.
        """
        given = dict(origins or {})
        with self._lock:
            # A file can be made again under its path.
            self._gone.discard((noun, resource_id))
            self._ending.discard((noun, resource_id))
            self._absent.pop((noun, resource_id), None)
            self._origins[noun, resource_id] = given
            self._names[noun, resource_id] = name
            self._created.setdefault((noun, resource_group), {})[resource_id] = None
        self._write(
            {
                "event": "created",
                "noun": noun,
                "id": resource_id,
                "group": resource_group,
                "origins": given,
                "name": name,
            }
        )

    def maybe_started(self, maybe: MaybeStarted) -> None:
        """A request to start it got no answer that says whether it did."""
        with self._lock:
            self._maybe_started.add(maybe)
        self._write({"event": "maybe", **asdict(maybe)})

    def all_maybe_started(self) -> list[MaybeStarted]:
        """What may have been started from something that this run made, creations that are under way included."""
        with self._lock:
            pending = {maybe for possible in self._sending.values() for maybe in possible.maybe}
            return sorted(maybe for maybe in self._maybe_started | pending if self._owns(maybe.value))

    def looked_for(self, maybe: MaybeStarted) -> None:
        """What may have been started was looked for: what there is of it was noted as created."""
        with self._lock:
            self._maybe_started.discard(maybe)
        self._write({"event": "looked-for", **asdict(maybe)})

    def name(self, noun: str, resource_id: str) -> str:
        """What the request called it that created it; empty when it has no name."""
        with self._lock:
            return self._names.get((noun, resource_id), "")

    def origins(self, noun: str, resource_id: str) -> Mapping[str, str]:
        """The ids of other resources that it was made from, by the names of their parameters."""
        with self._lock:
            return self._origins.get((noun, resource_id), {})

    # --- whose it is -------------------------------------------------------------------------

    def seen(self, noun: str, resource_id: str) -> None:
        """The target's answers show that it belongs to this run."""
        with self._lock:
            self._seen.add((noun, resource_id))
        self._write({"event": "seen", "noun": noun, "id": resource_id})

    def is_seen(self, noun: str, resource_id: str) -> bool:
        """Whether the target's answers have shown that it belongs to this run."""
        with self._lock:
            return (noun, resource_id) in self._seen

    def disown(self, noun: str, resource_id: str) -> None:
        """An answer to a creation named it, and it is not what was created: never change or delete it."""
        with self._lock:
            self._disowned.add((noun, resource_id))
            for (made, _), ids in self._created.items():
                if made == noun:
                    ids.pop(resource_id, None)
        self._write({"event": "disowned", "noun": noun, "id": resource_id})

    def moved(self, noun: str, resource_id: str, resource_group: str) -> None:
        """It was found in another resource group than that in which it was made."""
        with self._lock:
            self._move(noun, resource_id, resource_group)
        self._write({"event": "moved", "noun": noun, "id": resource_id, "group": resource_group})

    def is_disowned(self, noun: str, resource_id: str) -> bool:
        """Whether an answer to a creation named it wrongly."""
        with self._lock:
            return (noun, resource_id) in self._disowned

    def made(self, noun: str, resource_id: str) -> bool:
        """Whether this run made one of that noun with that id."""
        with self._lock:
            return any(resource_id in ids for (name, _), ids in self._created.items() if name == noun)

    # --- endings -----------------------------------------------------------------------------

    def removed(self, noun: str, resource_id: str) -> None:
        """It is gone, or on its way out."""
        with self._lock:
            self._gone.add((noun, resource_id))
            self._once_gone.add((noun, resource_id))
        self._write({"event": "removed", "noun": noun, "id": resource_id})

    def stays(self, noun: str, resource_id: str) -> None:
        """Its deletion was accepted, and it is still there."""
        with self._lock:
            self._gone.discard((noun, resource_id))
            self._ending.discard((noun, resource_id))
        self._write({"event": "stays", "noun": noun, "id": resource_id})

    def is_removed(self, noun: str, resource_id: str) -> bool:
        """Whether it is gone, on its way out, or its deletion was accepted."""
        with self._lock:
            return (noun, resource_id) in self._gone or (noun, resource_id) in self._ending

    def was_removed(self, noun: str, resource_id: str) -> bool:
        """Whether it was gone at some time; it may have been made again since."""
        with self._lock:
            return (noun, resource_id) in self._once_gone

    def ending(self, noun: str, resource_id: str) -> None:
        """Its deletion was accepted."""
        with self._lock:
            self._ending.add((noun, resource_id))

    def not_found(self, noun: str, resource_id: str, resource_group: str) -> None:
        """It was not found in that resource group: what was deleted there is gone then."""
        with self._lock:
            own = resource_id in self._created.get((noun, resource_group), {})
            if own and (noun, resource_id) in self._gone | self._ending:
                self._absent.setdefault((noun, resource_id))

    def absent(self, noun: str, resource_group: str) -> list[str]:
        """What this run made and deleted there, and then did not find any more; the earliest first."""
        with self._lock:
            made = self._created.get((noun, resource_group), {})
            return [resource_id for name, resource_id in self._absent if name == noun and resource_id in made]

    def doubt(self, noun: str, resource_id: str) -> None:
        """A request to change it got no answer that says whether it was carried out."""
        with self._lock:
            self._doubted.add((noun, resource_id))

    def asked(self, role: str, noun: str, resource_id: str) -> None:
        """A request of that role to change or delete it is about to be sent, whatever comes of it."""
        with self._lock:
            self._asked.setdefault((noun, resource_id), set()).add(role)

    def roles_asked(self, noun: str, resource_id: str) -> frozenset[str]:
        """The roles of all requests of this run to change or delete it."""
        with self._lock:
            return frozenset(self._asked.get((noun, resource_id), ()))

    def is_doubted(self, noun: str, resource_id: str) -> bool:
        """Whether its state is not known: no probe may build on it any more."""
        with self._lock:
            return (noun, resource_id) in self._doubted

    def doubts_any(self, ids: Iterable[str]) -> bool:
        """Whether the state of something with one of these ids is not known, whatever it is."""
        with self._lock:
            return not {resource_id for _, resource_id in self._doubted}.isdisjoint(ids)

    def nowhere(self, noun: str, resource_id: str) -> None:
        """This run did not make it, and GET did not find it."""
        with self._lock:
            self._nowhere.add((noun, resource_id))

    def is_nowhere(self, noun: str, resource_id: str) -> bool:
        """Whether GET was asked for it and did not find it."""
        with self._lock:
            return (noun, resource_id) in self._nowhere

    # --- what is left ------------------------------------------------------------------------

    def left(self, noun: str, resource_group: str) -> list[str]:
        """What this run made there and did not remove."""
        with self._lock:
            return self._left(noun, resource_group)

    def all(self, noun: str, resource_group: str) -> list[str]:
        """What this run made there, removed or not."""
        with self._lock:
            return list(self._created.get((noun, resource_group), {}))

    def all_groups(self) -> list[str]:
        """The resource groups in which this run made something, or may have."""
        with self._lock:
            maybe = [one.resource_group for one in self._maybe_started]
            return list(dict.fromkeys([*(group for _, group in self._created), *maybe]))

    def group(self, noun: str, resource_id: str) -> str:
        """The resource group in which this run made it; empty when it did not."""
        with self._lock:
            return next((g for (made, g), ids in self._created.items() if made == noun and resource_id in ids), "")

    def groups(self, noun: str) -> list[str]:
        """The resource groups in which this run made one."""
        with self._lock:
            return [group for made, group in self._created if made == noun]

    def ids_left(self) -> dict[str, list[str]]:
        """The ids of what is still there, by noun; a noun without any is left out."""
        found: dict[str, list[str]] = {}
        with self._lock:
            for noun, group in self._created:
                found.setdefault(noun, []).extend(self._left(noun, group))
        return {noun: ids for noun, ids in found.items() if ids}

    def count_left(self) -> Counter[str]:
        """How many of each are still there."""
        return Counter({noun: len(ids) for noun, ids in self.ids_left().items()})

    # --- files -------------------------------------------------------------------------------

    def replay(self, entries: Iterable[Entry]) -> None:
        """Take over what a file of another process says.

        Creations that have no answer there may have been carried out.
        """
        pending: dict[int, Possible] = {}
        # What it takes over stands on disk already.
        file, self._file = self._file, None
        for entry in entries:
            with suppress(LookupError, TypeError, ValueError, AttributeError):
                self._take(dict(entry), pending)
        for possible in pending.values():
            for noun, resource_id in possible.named:
                self.created(noun, resource_id, possible.resource_group)
            for maybe in possible.maybe:
                self.maybe_started(maybe)
        self._file = file

    def close(self) -> None:
        """Release the file."""
        if self._file is not None:
            self._file.close()

    def _take(self, entry: dict[str, Any], pending: dict[int, Possible]) -> None:
        event = entry.pop("event")
        match event:
            case "sending":
                maybe = tuple(MaybeStarted(**one) for one in entry["maybe"])
                named = tuple((str(noun), str(one)) for noun, one in entry["named"])
                pending[entry["number"]] = Possible(entry["resource_group"], maybe, named)
            case "answered":
                pending.pop(entry["number"], None)
            case "created":
                self.created(entry["noun"], entry["id"], entry["group"], entry["origins"], entry["name"])
            case "maybe":
                self.maybe_started(MaybeStarted(**entry))
            case "looked-for":
                self.looked_for(MaybeStarted(**entry))
            case "seen":
                self.seen(entry["noun"], entry["id"])
            case "disowned":
                # A file of an earlier version names no kind: then it is of none of them.
                for noun in [entry["noun"]] if "noun" in entry else {made for made, _ in self._created}:
                    self.disown(noun, entry["id"])
            case "moved":
                self.moved(entry["noun"], entry["id"], entry["group"])
            case "removed":
                self.removed(entry["noun"], entry["id"])
            case "stays":
                self.stays(entry["noun"], entry["id"])

    def _write(self, entry: Entry) -> None:
        if self._file is not None:
            # What was created is known here, and by its ``sending`` there: the process goes on to remove it.
            with suppress(StorageLost):
                self._file.write(entry)

    def _move(self, noun: str, resource_id: str, resource_group: str) -> None:
        for (name, _), ids in self._created.items():
            if name == noun:
                ids.pop(resource_id, None)
        self._created.setdefault((noun, resource_group), {})[resource_id] = None

    def _owns(self, resource_id: str) -> bool:
        return any(resource_id in ids for ids in self._created.values())

    def _left(self, noun: str, resource_group: str) -> list[str]:
        made = self._created.get((noun, resource_group), {})
        # What GET did not find after its deletion needs no other request.
        return [one for one in made if (noun, one) not in self._gone and (noun, one) not in self._absent]
