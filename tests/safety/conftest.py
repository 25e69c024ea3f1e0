"""Fixtures of the tests of what is never harmed and never left."""

import json

import pytest


@pytest.fixture
def key_at(tmp_path):
    """Writes the service key of a mock for a URL in front of it."""

    def write(url, mock):
        path = tmp_path / "key-of-the-front.json"
        path.write_text(json.dumps(dict(mock.key) | {"serviceurls": {"AI_API_URL": url}}))
        return path

    return write
