"""Views of a comparison of two runs: for a terminal, Markdown, one HTML file, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from lmconform.reporting.comparison import html, markdown, terminal
from lmconform.results.compare import Comparison
from lmconform.results.comparison_json import as_json

# Name of a format -> the comparison in it, as one text.
FORMATS: Final[dict[str, Callable[[Comparison], str]]] = {
    "terminal": terminal.text,
    "markdown": markdown.text,
    "html": html.text,
    "json": lambda found: json.dumps(as_json(found)),
}
