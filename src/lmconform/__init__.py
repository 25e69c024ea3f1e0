"""lmconform: a conformance harness for the AI API that SAP AI Core offers under ``/v2/lm``."""

__version__ = "0.1.0"

__all__ = ["__version__"]
