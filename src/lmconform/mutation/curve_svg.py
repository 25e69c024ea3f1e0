"""The fuzz curve as SVG: the share of the mutants that only fuzzing kills, by number of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 240, 48, 14
_RIGHT, _BOTTOM = _WIDTH - 16, _HEIGHT - 34


def layout(data: Mapping[str, Any]) -> dict[str, Any]:
    """What templates/curve.svg draws for the ``curve`` of matrix.json; positions are in pixels."""
    steps, default = data["found"], data["default"]
    most: int = steps[-1]["examples"]

    def x(examples: int) -> float:
        return _LEFT + round(examples / most * float(_RIGHT - _LEFT), 1)

    def y(share: float) -> float:
        return round(_BOTTOM - share * (_BOTTOM - _TOP), 1)

    path, last = [f"M{x(0)} {y(0)}"], 0.0
    for step in steps:
        if step["found"] != last:
            path.append(f"H{x(step['examples'])}V{y(step['found'])}")
            last = step["found"]
    at = next((s["found"] for s in steps if s["examples"] == default), last)
    return {
        **{"width": _WIDTH, "height": _HEIGHT},
        **{"left": _LEFT, "right": _RIGHT, "top": _TOP, "bottom": _BOTTOM, "zero": y(0)},
        "shares": [(f"{share:.0%}", y(share)) for share in (0, 0.25, 0.5, 0.75, 1)],
        "ticks": [(examples, x(examples)) for examples in range(0, most + 1, most // 8)],
        "path": f"{''.join(path)}H{_RIGHT}",
        **{"default": default, "default_x": x(default), "default_share": f"{at:.0%}"},
        **{"seeds": data["seeds"], "mutants": data["mutants"], "most": most},
    }
