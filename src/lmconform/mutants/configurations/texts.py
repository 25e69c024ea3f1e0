"""Texts of configurations that come back otherwise than they were sent."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import unquote_plus

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.texts import as_number, cut, shown, stored, without_plane_one
from lmconform.mutants.registry import mutant

_CREATE = "createConfiguration"
_READS = ("getConfiguration", "listConfigurations")
_VALUES = "parameterBindings.value"
_KEYS = "parameterBindings.key"


@mutant("configuration-values-trimmed", "LM-CONFIGURATION-TEXT-SPACES-EXACT")
def configuration_values_trimmed(bench: Bench) -> None:
    """BUG: spaces at the ends of parameter values are cut off."""
    stored(bench, _CREATE, str.strip, _VALUES)


@mutant("configuration-keys-trimmed", "LM-CONFIGURATION-TEXT-SPACES-EXACT")
def configuration_keys_trimmed(bench: Bench) -> None:
    """BUG: spaces at the ends of parameter keys are cut off when a configuration is shown."""
    shown(bench, _READS, str.strip, _KEYS)


@mutant("configuration-values-single-spaced", "LM-CONFIGURATION-TEXT-SPACES")
def configuration_values_single_spaced(bench: Bench) -> None:
    """BUG: of several spaces in a row inside a parameter value one is left."""
    stored(bench, _CREATE, lambda text: re.sub(" +", " ", text), _VALUES)


@mutant("configuration-values-cut-1000", "LM-CONFIGURATION-TEXT-LENGTHS")
def configuration_values_cut_1000(bench: Bench) -> None:
    """BUG: parameter values are cut after 1000 characters."""
    stored(bench, _CREATE, cut(1000), _VALUES)


@mutant("configuration-list-cuts-values", "LM-CONFIGURATION-TEXT-LENGTHS")
def configuration_list_cuts_values(bench: Bench) -> None:
    """BUG: the list shows the first 4096 characters of parameter values."""
    shown(bench, ("listConfigurations",), cut(4096), _VALUES)


@mutant("configuration-values-form-decoded", "LM-CONFIGURATION-TEXT-SIGNS")
def configuration_values_form_decoded(bench: Bench) -> None:
    """BUG: parameter values are decoded as those of a form are."""
    stored(bench, _CREATE, unquote_plus, _VALUES)


@mutant("configuration-less-than-escaped", "LM-CONFIGURATION-TEXT-SIGNS")
def configuration_less_than_escaped(bench: Bench) -> None:
    """BUG: the sign < in parameter values is shown as an entity."""
    shown(bench, _READS, lambda text: text.replace("<", "&lt;"), _VALUES)


@mutant("configuration-escapes-read", "LM-CONFIGURATION-TEXT-SIGNS")
def configuration_escapes_read(bench: Bench) -> None:
    """BUG: a backslash and an n in a parameter value become a line break."""
    stored(bench, _CREATE, lambda text: text.replace("\\n", "\n"), _VALUES)


@mutant("configuration-values-composed", "LM-CONFIGURATION-TEXT-UNICODE-EXACT")
def configuration_values_composed(bench: Bench) -> None:
    """BUG: parameter values are stored in composed letters (NFC)."""
    stored(bench, _CREATE, lambda text: unicodedata.normalize("NFC", text), _VALUES)


@mutant("configuration-keys-compatible", "LM-CONFIGURATION-TEXT-UNICODE")
def configuration_keys_compatible(bench: Bench) -> None:
    """BUG: parameter keys are stored in their compatibility form (NFKC)."""
    stored(bench, _CREATE, lambda text: unicodedata.normalize("NFKC", text), _KEYS)


@mutant("configuration-emoji-lost", "LM-CONFIGURATION-TEXT-UNICODE")
def configuration_emoji_lost(bench: Bench) -> None:
    """BUG: emoji in parameter values become question marks."""
    stored(bench, _CREATE, without_plane_one, _VALUES)


@mutant("configuration-numbers-without-zeros", "LM-CONFIGURATION-TEXT-NUMERALS")
def configuration_numbers_without_zeros(bench: Bench) -> None:
    """BUG: parameter values that look like numbers lose leading and trailing zeros."""
    stored(bench, _CREATE, as_number, _VALUES)


@mutant("configuration-values-as-json", "LM-CONFIGURATION-TEXT-NUMERALS", "LM-HTTP-BODY-SCHEMA")
def configuration_values_as_json(bench: Bench) -> None:
    """BUG: parameter values that are JSON are shown as numbers, truth values and objects."""

    def parsed(text: str) -> object:
        try:
            return json.loads(text)
        except ValueError:
            return text

    shown(bench, _READS, parsed, _VALUES)


@mutant("configuration-json-rewritten", "LM-CONFIGURATION-TEXT-NUMERALS")
def configuration_json_rewritten(bench: Bench) -> None:
    """BUG: parameter values that are JSON objects are stored with their members in order."""

    def rewritten(text: str) -> str:
        return json.dumps(json.loads(text), sort_keys=True) if text.startswith("{") and text.endswith("}") else text

    stored(bench, _CREATE, rewritten, _VALUES)


@mutant("configuration-truth-values", "LM-CONFIGURATION-TEXT-NUMERALS")
def configuration_truth_values(bench: Bench) -> None:
    """BUG: a parameter value TRUE is stored as true."""
    stored(bench, _CREATE, lambda text: text.lower() if text.lower() in ("true", "false") else text, _VALUES)


@mutant("configuration-replicas-differ", "LM-CONFIGURATION-STAYS")
def configuration_replicas_differ(bench: Bench) -> None:
    """BUG: every second read of a configuration comes from a replica whose clock is wrong."""
    reads: dict[str, int] = {}

    @bench.after("getConfiguration")
    def other(call: Call, reply: Reply) -> None:
        key = call.path["configurationId"]
        reads[key] = reads.get(key, 0) + 1
        if reads[key] % 2 == 0:
            reply.json["createdAt"] = "2020-01-01T00:00:00Z"


@mutant("configuration-list-of-names", "LM-CONFIGURATION-STAYS", "LM-CONFIGURATION-LIST-EQUALS-GET")
def configuration_list_of_names(bench: Bench) -> None:
    """BUG: the list shows configurations without what their names have behind the first space."""

    @bench.after("listConfigurations")
    def first_word(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["name"] = resource["name"].partition(" ")[0]


@mutant("expand-configuration-other-executable", "LM-CONFIGURATION-EXPAND-AGREES")
def expand_configuration_other_executable(bench: Bench) -> None:
    """BUG: a configuration that is read with $expand names another executable."""

    @bench.after("getConfiguration")
    def other(call: Call, reply: Reply) -> None:
        if "$expand" in call.query:
            reply.json["executableId"] = "another-executable"


@mutant("expand-configuration-other-scenario", "LM-CONFIGURATION-EXPAND-AGREES")
def expand_configuration_other_scenario(bench: Bench) -> None:
    """BUG: the embedded scenario of a configuration has the description of another one."""

    @bench.after(*_READS)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("scenario"):
                resource["scenario"] = {**resource["scenario"], "name": "Another name", "description": "Another one"}
