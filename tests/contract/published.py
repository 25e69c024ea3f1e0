"""Finds SAP's published description, which is not in this repository, and takes the one expected version alone."""

import hashlib
import re
from pathlib import Path

import pytest

VARIABLE = "LMCONFORM_PUBLISHED_DESCRIPTION"
BESIDE = Path("shared", "reference", "AI_CORE_API.yaml")
_DIFFERENCES = Path(__file__).resolve().parents[2] / "specs" / "lm" / "DIFFERENCES.md"


def expected(text=None):
    """Version and SHA-256 of the file that DIFFERENCES.md was written for."""
    text = _DIFFERENCES.read_text(encoding="utf-8") if text is None else text
    (version,) = re.findall(r'\("AI Core" ([\d.]+), ', text)
    (digest,) = re.findall(r"^`([0-9a-f]{64})`\.$", text, re.MULTILINE)
    return version, digest


def locate(environ, checkout=_DIFFERENCES):
    """The file that the variable names, or the one beside a folder above the checkout, or None."""
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE])
    return next((file for folder in checkout.parents if (file := folder / BESIDE).is_file()), None)


def require(environ, checkout=_DIFFERENCES):
    """The path of the expected version.

    Another version fails the test. A missing file fails it where ``CI=true``, and skips it elsewhere.
    """
    version, digest = expected()
    path = locate(environ, checkout)
    if path is None or not path.is_file():
        where = f"{VARIABLE}={path} is no file" if path else "it is nowhere"
        reason = (
            f"SAP's published description is needed, and {where}: save AI Core {version} (SHA-256 {digest}) as "
            f"../{BESIDE} beside the checkout, or name its path in {VARIABLE}"
        )
        if environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        pytest.fail(f"{path}: SHA-256 is {found}; expected AI Core {version} with SHA-256 {digest}")
    return path
