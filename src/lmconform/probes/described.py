"""What the published description says of a resource, for values that probes have before a run has a contract."""

from __future__ import annotations

from lmconform.contract.published import published
from lmconform.contract.resources import Resource, Role, resources


def described(noun: str) -> Resource:
    """The resource of that noun; raises ContractError."""
    return resources(published())[noun]


def capability(noun: str, role: str = "") -> str:
    """What a target must advertise for a resource, or for its operation of that role: a dotted path in meta."""
    resource = described(noun)
    return resources(published()).capability(resource.operations[role]) if role else resource.capability


class Described:
    """The operation ids of a resource, by role; ``noun`` is that of the description in capitals."""

    __slots__ = ()

    noun: str

    @property
    def word(self) -> str:
        """Its noun in the description, in messages and in the journal."""
        return self.noun.lower()

    @property
    def resource(self) -> Resource:
        """What the description says of it."""
        return described(self.word)

    @property
    def parameter(self) -> str:
        """The name of its id in requests."""
        return self.resource.id_parameter

    @property
    def create(self) -> str:
        """The operation that makes one."""
        return self._operation(Role.CREATE)

    @property
    def get(self) -> str:
        """The operation that reads one."""
        return self._operation(Role.GET)

    @property
    def list(self) -> str:
        """The operation that lists all."""
        return self._operation(Role.LIST)

    @property
    def count(self) -> str:
        """The operation that counts them."""
        return self._operation(Role.COUNT)

    @property
    def modify(self) -> str:
        """The operation that changes one."""
        return self._operation(Role.MODIFY)

    @property
    def modify_many(self) -> str:
        """The operation that changes several."""
        return self._operation(Role.BULK_MODIFY)

    @property
    def delete(self) -> str:
        """The operation that deletes one."""
        return self._operation(Role.DELETE)

    def _operation(self, role: str) -> str:
        return self.resource.operations[role].id
