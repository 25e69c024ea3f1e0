"""Scenarios: ordered flows, each an Arazzo workflow in scenarios/; imports ground to client.

``load`` reads and checks the files and sends nothing; a WorkflowRun sends.
"""

from lmconform.scenarios.document import load
from lmconform.scenarios.model import Document, Step, Workflow, item_id

__all__ = ["Document", "Step", "Workflow", "item_id", "load"]
