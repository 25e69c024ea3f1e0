"""Reads Argo WorkflowTemplates and AI Core ServingTemplates, which a tenant synchronises from git (fact K)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from lmconform.errors import ConfigError
from lmconform.mock.content import Catalog, Executable, Scenario, Slot, Variable

BUNDLED = Path(__file__).parent / "templates"
_KINDS = {"WorkflowTemplate": "argoproj.io/v1alpha1", "ServingTemplate": "ai.sap.com/v1alpha1"}
# The most templates of one kind that a tenant can have.
_MOST = 50
_SUFFIXES = (".yaml", ".yml", ".json")
_NAMES_A_KIND = re.compile(rf"""\bkind["']?\s*:\s*["']?({"|".join(_KINDS)})\b""")
_ID = re.compile(r"[\w.-]{4,64}")
# The name of an object and the value of a label in Kubernetes.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_ARTIFACT_KINDS = ("model", "dataset", "resultset", "other")
_SCENARIO_LABEL = "scenarios.ai.sap.com/"
_VERSION_LABEL = "ai.sap.com/version"


class _Map(dict[Any, Any]):
    """A mapping with the line on which it begins, and the lines of its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.line = 0
        self.lines: dict[Any, int] = {}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader, in C where available, that records line numbers."""


def _mapping(loader: Any, node: Any) -> Iterator[_Map]:
    result = _Map()
    result.line = node.start_mark.line + 1
    yield result
    result.update(loader.construct_mapping(node))
    result.lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# A tag of another tool says nothing here.
_Loader.add_multi_constructor("", lambda loader, suffix, node: None)


class _Unusable(Exception):
    """A template that cannot be used; the text names the file and the line."""


def load(folder: Path = BUNDLED) -> Catalog:
    """Read the templates of a folder and its subfolders into a catalog; raises ConfigError when none can be used.

    A file that is no template is left alone, and one with a mistake is left out and named in ``problems`` (fact M28).
    """
    if not folder.is_dir():
        raise ConfigError(f"--workflows {folder}: is no folder")
    found = _Found()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _SUFFIXES):
        try:
            for document in _documents(path):
                found.add(path, document)
        except _Unusable as problem:
            found.problems.append(str(problem))
    for deployable, kind in ((False, "WorkflowTemplate"), (True, "ServingTemplate")):
        if sum(e.deployable is deployable for e in found.executables.values()) > _MOST:
            raise ConfigError(f"--workflows {folder}: more than {_MOST} of kind {kind}; a tenant has no more")
    if not found.executables:
        none = f"--workflows {folder}: no {' or '.join(_KINDS)} in any {', '.join(f'*{s}' for s in _SUFFIXES)}"
        raise ConfigError("; ".join(found.problems[:3]) or none)
    return Catalog(found.scenarios.values(), found.executables.values(), found.problems)


class _Found:
    """What the files of a folder have: executables and scenarios by id, and what is wrong with the rest."""

    def __init__(self) -> None:
        self.executables: dict[str, Executable] = {}
        self.scenarios: dict[str, Scenario] = {}
        self.problems: list[str] = []
        self._files: dict[str, Path] = {}

    def add(self, path: Path, document: _Map) -> None:
        """Add a template; of two with one name, the first is used."""
        try:
            executable, scenario = _Template(path, document).read()
            taken = self._files.setdefault(executable.id, path)
            if executable.id in self.executables:
                _fail(path, document.line, f"metadata.name {executable.id!r} is taken by a template in {taken}")
        except _Unusable as problem:
            self.problems.append(str(problem))
            return
        self.executables[executable.id] = executable
        known = self.scenarios.setdefault(scenario.id, scenario)
        if known.name == known.id != scenario.name:
            self.scenarios[scenario.id] = scenario


def _documents(path: Path) -> Iterator[_Map]:
    """The templates of a file; documents of other kinds are ignored, and so is a file that names none of the kinds."""
    try:
        text = path.read_text(encoding="utf-8")
    except (ValueError, OSError) as error:
        _fail(path, 1, f"cannot be read: {' '.join(str(error).split())[:200]}")
    if not _NAMES_A_KIND.search(text):
        return
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _fail(path, mark.line + 1 if mark else 1, f"is no YAML: {error.problem or error.context}")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        _fail(path, 1, f"cannot be read: {' '.join(str(error).split())[:200]}")
    yield from (d for d in documents if isinstance(d, _Map) and d.get("kind") in _KINDS)


class _Template:
    """Reads one document; an error names the file and the line."""

    def __init__(self, path: Path, document: _Map) -> None:
        self._path = path
        self._document = document
        self._metadata = self._map(document, "metadata", required=True)
        self._labels = self._strings(self._metadata, "labels")
        self._annotations = self._strings(self._metadata, "annotations")
        self._spec = self._map(document, "spec", required=True)
        self._serves = document["kind"] == "ServingTemplate"

    def read(self) -> tuple[Executable, Scenario]:
        """The executable, and the scenario to which it belongs."""
        expected = _KINDS[self._document["kind"]]
        if self._document.get("apiVersion") != expected:
            self._fail(self._document, f"apiVersion is {self._document.get('apiVersion')!r}, expected {expected!r}")
        name = self._metadata.get("name")
        if not isinstance(name, str) or not _ID.fullmatch(name) or not _NAME.fullmatch(name):
            self._fail(
                self._metadata,
                "metadata.name is missing, or is no id of 4 to 64 small letters, digits, - and .",
                "" if name is None else "name",
            )
        scenario_id = self._label(f"{_SCENARIO_LABEL}id")
        version = self._label(_VERSION_LABEL)
        annotation = self._annotations.get
        executable = Executable(
            name,
            scenario_id,
            annotation("executables.ai.sap.com/name", name),
            annotation("executables.ai.sap.com/description", ""),
            self._serves,
            version,
            self._inputs(),
            self._outputs(),
            self._parameters(),
            annotation("ai.sap.com/bulkUpdates", "").lower() == "true",
            self._placeholders(),
        )
        labels = tuple(
            (key, value)
            for key, value in sorted(self._labels.items())
            if key.startswith(_SCENARIO_LABEL) and key != f"{_SCENARIO_LABEL}id"
        )
        title = annotation(f"{_SCENARIO_LABEL}name", scenario_id)
        return executable, Scenario(scenario_id, title, annotation(f"{_SCENARIO_LABEL}description", ""), labels)

    def _label(self, key: str) -> str:
        value = self._labels.get(key)
        if value is None:
            self._fail(self._metadata, f"label {key} is missing")
        if not _VALUE.fullmatch(value):
            self._fail_at(
                "labels",
                key,
                f"label {key} is {value[:80]!r}, no value of a label: letters, digits, - _ . inside, 63 at most",
            )
        if not _ID.fullmatch(value) and key != _VERSION_LABEL:
            self._fail_at("labels", key, f"label {key} is {value[:80]!r}, no id of 4 to 64 letters, digits, _ . -")
        return value

    def _parameters(self) -> tuple[Variable, ...]:
        holder = self._map(self._spec, "inputs" if self._serves else "arguments")
        variables = []
        for raw in self._named(holder, "parameters"):
            default = raw.get("default", raw.get("value"))
            if isinstance(default, list | dict):
                self._fail(raw, f"default of parameter {raw['name']} is no scalar", "default")
            variables.append(
                Variable(
                    raw["name"],
                    str(raw.get("type", "string")),
                    None if default is None else _text(default),
                    None if raw.get("description") is None else str(raw["description"]),
                )
            )
        return tuple(variables)

    def _inputs(self) -> tuple[Slot, ...]:
        names: dict[str, None] = {}
        for holder in [self._spec] if self._serves else self._steps():
            for raw in self._named(self._map(holder, "inputs"), "artifacts"):
                names[raw["name"]] = None
        return tuple(self._slot(name) for name in names)

    def _outputs(self) -> tuple[Slot, ...]:
        names: dict[str, None] = {}
        for step in [] if self._serves else self._steps():
            for raw in self._named(self._map(step, "outputs"), "artifacts"):
                if raw.get("globalName") is not None:
                    names[str(raw["globalName"])] = None
        return tuple(self._slot(name) for name in names)

    def _slot(self, name: str) -> Slot:
        annotation = self._annotations.get
        prefix = f"artifacts.ai.sap.com/{name}"
        kind, labels = annotation(f"{prefix}.kind"), annotation(f"{prefix}.labels")
        if kind is not None and kind not in _ARTIFACT_KINDS:
            self._fail_at(
                "annotations",
                f"{prefix}.kind",
                f"annotation {prefix}.kind is {kind[:40]!r}, expected one of {', '.join(_ARTIFACT_KINDS)}",
            )
        pairs: Any = {}
        if labels is not None:
            try:
                pairs = json.loads(labels)
            except ValueError:
                pairs = None
            if not isinstance(pairs, dict):
                self._fail_at(
                    "annotations", f"{prefix}.labels", f"annotation {prefix}.labels is no JSON object in a string"
                )
        made = annotation(f"{prefix}.name", name) + annotation(f"{prefix}.suffix", "")
        shown = tuple((str(key), str(value)) for key, value in pairs.items())
        return Slot(name, kind, annotation(f"{prefix}.description"), shown, made)

    def _placeholders(self) -> tuple[str, ...]:
        """What a serving template wants to be replaced when it is deployed, in the order of the template."""
        texts = _texts(self._spec.get("template")) if self._serves else ()
        return tuple(dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text)))

    def _steps(self) -> list[_Map]:
        steps = self._spec.get("templates")
        if not isinstance(steps, list) or not all(isinstance(step, _Map) for step in steps):
            self._fail(self._spec, "spec.templates is missing, or is no list of templates")
        return steps

    def _named(self, holder: _Map, key: str) -> list[_Map]:
        entries = holder.get(key) or []
        if not isinstance(entries, list):
            self._fail(holder, f"{key} is no list", key)
        for entry in entries:
            if not isinstance(entry, _Map) or not isinstance(entry.get("name"), str):
                self._fail(entry if isinstance(entry, _Map) else holder, f"an entry of {key} has no name")
        return entries

    def _map(self, holder: _Map, key: str, *, required: bool = False) -> _Map:
        value = holder.get(key)
        if value is None and not required:
            return _Map()
        if not isinstance(value, _Map):
            self._fail(holder, f"{key} is {'missing' if value is None else 'no mapping'}", key)
        return value

    def _strings(self, holder: _Map, key: str) -> dict[str, str]:
        """Labels or annotations; they may be written as a block string that contains YAML."""
        value = holder.get(key)
        if isinstance(value, str):
            try:
                value = yaml.load(value, Loader=_Loader)  # noqa: S506 - derived from the safe loader
            except yaml.YAMLError:
                value = None
        if value is None and key not in holder:
            return {}
        if not isinstance(value, dict):
            self._fail(holder, f"metadata.{key} is no mapping", key)
        for name, text in value.items():
            if not isinstance(text, str):
                self._fail_at(key, str(name), f"metadata.{key}: the value of {name} is no text; put it in quotes")
        return {str(name): text for name, text in value.items()}

    def _fail(self, where: _Map, what: str, key: str = "") -> NoReturn:
        """Raise with the line of the key, or of the mapping when the key is missing."""
        _fail(self._path, where.lines.get(key, where.line), what)

    def _fail_at(self, block: str, key: str, what: str) -> NoReturn:
        """Raise with the line of a label or annotation, or of the block when it is a block string."""
        value = self._metadata.get(block)
        inside = isinstance(value, _Map)
        self._fail(value if isinstance(value, _Map) else self._metadata, what, key if inside else block)


def _texts(value: Any) -> Iterator[str]:
    """All texts inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _text(value: Any) -> str:
    """A scalar as text; booleans are in lower case, as in YAML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fail(path: Path, line: int, what: str) -> NoReturn:
    raise _Unusable(f"{path}:{line}: {what}")
