"""How a setting is refused: with one line."""

import pytest

from lmconform.errors import ConfigError


def refusal(call, *arguments):
    """The one line that says why."""
    with pytest.raises(ConfigError) as raised:
        call(*arguments)
    text = str(raised.value)
    assert "\n" not in text
    return text
