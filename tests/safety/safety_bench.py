"""Guard, journal, budget and books of one contract, without a session."""

from lmconform.contract.openapi import Contract
from lmconform.contract.resources import resources
from lmconform.safety.bookkeeping import Bookkeeper, Sent
from lmconform.safety.budget import Bound, Budget
from lmconform.safety.guard import Guard
from lmconform.safety.journal import Journal

CONTRACT = Contract.load()


class Safety:
    """What a session has of them."""

    def __init__(self, contract=CONTRACT, *, disposable=False, limits=None):
        self.contract = contract
        self.resources = resources(contract)
        self.journal = Journal()
        self.budget = Budget({noun: Bound(most, "--more", "by the test") for noun, most in (limits or {}).items()})
        self.guard = Guard(self.resources, self.journal, self.budget, disposable=disposable)
        self.books = Bookkeeper(self.resources, self.journal, self.budget)

    def check(self, operation, path=None, query=None, body=None):
        """What the guard says of a request."""
        return self.guard.check(self.contract.operation(operation), path or {}, query or {}, body)

    def sent(self, operation, path=None, query=None, body=None, group="tutorial"):
        """A request that the guard let pass."""
        taken = self.check(operation, path, query, body)
        sent = Sent(self.contract.operation(operation), path or {}, query or {}, body, group, taken)
        return self.books.sending(sent)

    def carry_out(self, operation, status, answer, **rest):
        """A request that was answered with a 2xx."""
        self.books.carried_out(self.sent(operation, **rest), status, answer)
