"""A tenant on the shared mock, and one on a mock of the test's choice."""

import pytest
from tests.mock.tenant import Tenant


@pytest.fixture
def tenant(mock):
    """A tenant on the mock that all tests share."""
    return Tenant(mock)


@pytest.fixture
def start_tenant(start_mock):
    """Starts a mock with options, and gives a tenant on it."""
    return lambda *arguments: Tenant(start_mock(*arguments))
