"""What is looked at before the first item, in a run and by ``lmconform doctor``: one line for each thing."""

from __future__ import annotations

from lmconform.client.doctor.examination import examine
from lmconform.client.doctor.line import Line, State

__all__ = ["Line", "State", "examine"]
