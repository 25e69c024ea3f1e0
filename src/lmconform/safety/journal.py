"""What a run made, what was removed, and what is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True, order=True)
class MaybeStarted:
    """One of a resource that a request may have started, without an answer that says so.

    It was started from the resource whose id ``origin`` is the name of, and ``value`` the id.
    """

    noun: str
    origin: str
    value: str
    resource_group: str


class Journal:
    """The ids that this run created, by the noun of their resource; of a file its path.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        # Ids by noun and resource group, in the order of their creation.
        self._created: dict[tuple[str, str], dict[str, None]] = {}
        self._gone: set[tuple[str, str]] = set()
        self._ending: set[tuple[str, str]] = set()
        # In the order in which they were not found.
        self._absent: dict[tuple[str, str], None] = {}
        self._origins: dict[str, Mapping[str, str]] = {}
        self._doubted: set[str] = set()
        self._nowhere: set[str] = set()
        self._maybe_started: set[MaybeStarted] = set()
        self._lock = Lock()

    def created(
        self, noun: str, resource_id: str, resource_group: str, origins: Mapping[str, str] | None = None
    ) -> None:
        """Remember something that this run made; ``origins`` are the ids of other resources that lists show it by."""
        with self._lock:
            # A file can be made again under its path.
            self._gone.discard((noun, resource_id))
            self._ending.discard((noun, resource_id))
            self._absent.pop((noun, resource_id), None)
            self._origins[resource_id] = dict(origins or {})
            self._created.setdefault((noun, resource_group), {})[resource_id] = None

    def removed(self, noun: str, resource_id: str) -> None:
        """It is gone, or on its way out."""
        with self._lock:
            self._gone.add((noun, resource_id))

    def is_removed(self, resource_id: str) -> bool:
        """Whether it is gone, on its way out, or its deletion was accepted."""
        with self._lock:
            return any(resource_id == name for _, name in self._gone | self._ending)

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

    def origins(self, resource_id: str) -> Mapping[str, str]:
        """The ids of other resources that it was made from, by the names of their parameters."""
        with self._lock:
            return self._origins.get(resource_id, {})

    def doubt(self, ids: Iterable[str]) -> None:
        """A request to change these got no answer that says whether it was carried out."""
        with self._lock:
            self._doubted.update(ids)

    def is_doubted(self, resource_id: str) -> bool:
        """Whether its state is not known: no probe may build on it any more."""
        with self._lock:
            return resource_id in self._doubted

    def nowhere(self, resource_id: str) -> None:
        """This run did not make it, and GET did not find it."""
        with self._lock:
            self._nowhere.add(resource_id)

    def is_nowhere(self, resource_id: str) -> bool:
        """Whether GET was asked for it and did not find it."""
        with self._lock:
            return resource_id in self._nowhere

    def maybe_started(self, maybe: MaybeStarted) -> None:
        """A request to start it got no answer that says whether it did."""
        with self._lock:
            self._maybe_started.add(maybe)

    def all_maybe_started(self) -> list[MaybeStarted]:
        """What may have been started from something that this run made."""
        with self._lock:
            return sorted(maybe for maybe in self._maybe_started if self._owns(maybe.value))

    def owns(self, resource_id: str) -> bool:
        """Whether this run made it."""
        with self._lock:
            return self._owns(resource_id)

    def left(self, noun: str, resource_group: str) -> list[str]:
        """What this run made there and did not remove."""
        with self._lock:
            return self._left(noun, resource_group)

    def groups(self, noun: str) -> list[str]:
        """The resource groups in which this run made one."""
        with self._lock:
            return [group for made, group in self._created if made == noun]

    def count_left(self) -> Counter[str]:
        """How many of each are still there."""
        counts: Counter[str] = Counter()
        with self._lock:
            for noun, group in self._created:
                counts[noun] += len(self._left(noun, group))
        return counts

    def _owns(self, resource_id: str) -> bool:
        return any(resource_id in ids for ids in self._created.values())

    def _left(self, noun: str, resource_group: str) -> list[str]:
        made = self._created.get((noun, resource_group), {})
        # What GET did not find after its deletion needs no other request.
        return [one for one in made if (noun, one) not in self._gone and (noun, one) not in self._absent]
