"""Texts and urls of artifacts that come back otherwise than they were sent."""

from __future__ import annotations

import html
import posixpath
import unicodedata
from urllib.parse import unquote

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.texts import as_number, cut, cut_bytes, shown, stored, without_plane_one
from lmconform.mutants.registry import mutant

_TEXTS = ("description", "labels.value")
_READS = ("getArtifact", "listArtifacts")


@mutant("artifact-texts-trimmed", "LM-ARTIFACT-TEXT-SPACES-EXACT")
def artifact_texts_trimmed(bench: Bench) -> None:
    """BUG: spaces at the ends of descriptions and label values are cut off."""
    stored(bench, "createArtifact", str.strip, *_TEXTS)


@mutant("artifact-name-end-trimmed", "LM-ARTIFACT-TEXT-SPACES-EXACT")
def artifact_name_end_trimmed(bench: Bench) -> None:
    """BUG: the name of an artifact loses the spaces at its end."""
    stored(bench, "createArtifact", str.rstrip, "name")


@mutant("artifact-texts-in-one-line", "LM-ARTIFACT-TEXT-SPACES")
def artifact_texts_in_one_line(bench: Bench) -> None:
    """BUG: line breaks and tabs in label values become single spaces."""
    stored(bench, "createArtifact", lambda text: text.replace("\n", " ").replace("\t", " "), "labels.value")


@mutant("artifact-lines-of-unix", "LM-ARTIFACT-TEXT-SPACES-EXACT")
def artifact_lines_of_unix(bench: Bench) -> None:
    """BUG: a carriage return in a label value is dropped."""
    shown(bench, _READS, lambda text: text.replace("\r\n", "\n"), "labels.value")


@mutant("artifact-description-cut-255", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_description_cut_255(bench: Bench) -> None:
    """BUG: the description of an artifact is cut after 255 characters."""
    stored(bench, "createArtifact", cut(255), "description")


@mutant("artifact-label-cut-1024", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_label_cut_1024(bench: Bench) -> None:
    """BUG: label values are cut after 1024 characters."""
    stored(bench, "createArtifact", cut(1024), "labels.value")


@mutant("artifact-label-cut-bytes", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_label_cut_bytes(bench: Bench) -> None:
    """BUG: label values are cut after 5000 bytes, which are fewer characters."""
    stored(bench, "createArtifact", cut_bytes(5000), "labels.value")


@mutant("artifact-name-cut-255", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_name_cut_255(bench: Bench) -> None:
    """BUG: a name of 256 characters, which is the limit, loses the last one."""
    stored(bench, "createArtifact", cut(255), "name")


@mutant("artifact-list-short-descriptions", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_list_short_descriptions(bench: Bench) -> None:
    """BUG: the list of artifacts shows the first hundred characters of descriptions."""
    shown(bench, ("listArtifacts",), cut(100), "description")


@mutant("artifact-plus-is-a-space", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_plus_is_a_space(bench: Bench) -> None:
    """BUG: a plus sign in the texts of an artifact is stored as a space."""
    stored(bench, "createArtifact", lambda text: text.replace("+", " "), "name", *_TEXTS)


@mutant("artifact-texts-percent-decoded", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_texts_percent_decoded(bench: Bench) -> None:
    """BUG: percent-encoded parts of label values are decoded."""
    stored(bench, "createArtifact", unquote, "labels.value")


@mutant("artifact-ampersand-cuts", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_ampersand_cuts(bench: Bench) -> None:
    """BUG: the texts of an artifact end at an ampersand."""
    stored(bench, "createArtifact", lambda text: text.partition("&")[0], *_TEXTS)


@mutant("artifact-texts-escaped", "LM-ARTIFACT-TEXT-SIGNS", "LM-ARTIFACT-GET-ECHO")
def artifact_texts_escaped(bench: Bench) -> None:
    """BUG: descriptions and label values are shown escaped for HTML."""
    shown(bench, _READS, html.escape, *_TEXTS)


@mutant("artifact-texts-unescaped", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_texts_unescaped(bench: Bench) -> None:
    """BUG: entities of HTML in the texts of an artifact are replaced by what they stand for."""
    stored(bench, "createArtifact", html.unescape, *_TEXTS)


@mutant("artifact-comma-word-replaced", "LM-ARTIFACT-TEXT-SIGNS", "LM-ARTIFACT-GET-ECHO")
def artifact_comma_word_replaced(bench: Bench) -> None:
    """BUG: {comma} in a label value is stored as a comma."""
    stored(bench, "createArtifact", lambda text: text.replace("{comma}", ","), "labels.value")


@mutant("artifact-backslashes-lost", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_backslashes_lost(bench: Bench) -> None:
    """BUG: backslashes in the texts of an artifact are lost."""
    stored(bench, "createArtifact", lambda text: text.replace("\\", ""), "name", *_TEXTS)


@mutant("artifact-list-quotes-doubled", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_list_quotes_doubled(bench: Bench) -> None:
    """BUG: the list of artifacts doubles each single quote in label values."""
    shown(bench, ("listArtifacts",), lambda text: text.replace("'", "''"), "labels.value")


@mutant("artifact-label-values-reversed", "LM-ARTIFACT-GET-ECHO", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_label_values_reversed(bench: Bench) -> None:
    """BUG: the first label of an artifact is shown with the value of the last one, and so on."""

    @bench.after(*_READS)
    def reversed_(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("resources", [reply.json]):
            labels = artifact.get("labels") or []
            values = [label["value"] for label in labels][::-1]
            artifact["labels"] = [{**label, "value": value} for label, value in zip(labels, values, strict=True)]


@mutant("artifact-labels-by-prefix", "LM-ARTIFACT-TEXT-NUMERALS", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_labels_by_prefix(bench: Bench) -> None:
    """BUG: of the labels whose keys are alike up to a dot the last one is kept."""

    @bench.before("createArtifact")
    def last(call: Call) -> None:
        if call.body.get("labels"):
            call.body["labels"] = list(
                {label["key"].rpartition("_")[0]: label for label in call.body["labels"]}.values()
            )


@mutant("artifact-texts-composed", "LM-ARTIFACT-TEXT-UNICODE-EXACT")
def artifact_texts_composed(bench: Bench) -> None:
    """BUG: the texts of an artifact are stored in composed letters (NFC)."""
    stored(bench, "createArtifact", lambda text: unicodedata.normalize("NFC", text), *_TEXTS)


@mutant("artifact-texts-decomposed", "LM-ARTIFACT-TEXT-UNICODE-EXACT")
def artifact_texts_decomposed(bench: Bench) -> None:
    """BUG: label values are shown in decomposed letters (NFD)."""
    shown(bench, _READS, lambda text: unicodedata.normalize("NFD", text), "labels.value")


@mutant("artifact-texts-plane-zero", "LM-ARTIFACT-TEXT-UNICODE")
def artifact_texts_plane_zero(bench: Bench) -> None:
    """BUG: emoji in the texts of an artifact become question marks."""
    stored(bench, "createArtifact", without_plane_one, *_TEXTS)


@mutant("artifact-joiners-lost", "LM-ARTIFACT-TEXT-UNICODE")
def artifact_joiners_lost(bench: Bench) -> None:
    """BUG: characters that cannot be printed are dropped from label values, joiners of emoji among them."""
    stored(bench, "createArtifact", lambda t: "".join(c for c in t if c.isprintable()), "labels.value")


@mutant("artifact-label-numbers", "LM-ARTIFACT-TEXT-NUMERALS")
def artifact_label_numbers(bench: Bench) -> None:
    """BUG: label values that look like numbers lose zeros."""
    stored(bench, "createArtifact", as_number, "labels.value")


@mutant("artifact-label-null", "LM-ARTIFACT-TEXT-NUMERALS")
def artifact_label_null(bench: Bench) -> None:
    """BUG: a label value that is the word null is shown as an empty text."""
    shown(bench, _READS, lambda text: "" if text == "null" else text, "labels.value")


@mutant("artifact-label-small-letters", "LM-ARTIFACT-TEXT-NUMERALS")
def artifact_label_small_letters(bench: Bench) -> None:
    """BUG: label values are stored in small letters."""
    stored(bench, "createArtifact", str.lower, "labels.value")


@mutant("artifact-label-key-small-letters", "LM-ARTIFACT-TEXT-NUMERALS")
def artifact_label_key_small_letters(bench: Bench) -> None:
    """BUG: the keys of labels are stored in small letters."""
    stored(bench, "createArtifact", str.lower, "labels.key")


@mutant("artifact-url-decoded", "LM-ARTIFACT-TEXT-SIGNS", "LM-ARTIFACT-URL-VERBATIM")
def artifact_url_decoded(bench: Bench) -> None:
    """BUG: percent-encoded parts of the url of an artifact are decoded."""
    stored(bench, "createArtifact", unquote, "url")


@mutant("artifact-url-without-fragment", "LM-ARTIFACT-TEXT-SIGNS")
def artifact_url_without_fragment(bench: Bench) -> None:
    """BUG: the url of an artifact ends at a number sign."""
    stored(bench, "createArtifact", lambda url: url.partition("#")[0], "url")


@mutant("artifact-url-normalised", "LM-ARTIFACT-URL-VERBATIM")
def artifact_url_normalised(bench: Bench) -> None:
    """BUG: double slashes and dots are taken out of the path of a url."""

    def normalised(url: str) -> str:
        scheme, _, path = url.partition("://")
        return f"{scheme}://{posixpath.normpath(path)}{'/' if url.endswith('/') else ''}"

    stored(bench, "createArtifact", normalised, "url")


@mutant("artifact-url-slash-in-answer", "LM-ARTIFACT-URL-CONSISTENT")
def artifact_url_slash_in_answer(bench: Bench) -> None:
    """BUG: the answer to the registration of an artifact shows a slash more than GET does."""
    shown(bench, ("createArtifact",), lambda url: url.rstrip("/") + "/", "url")


@mutant("artifact-url-slash-in-list", "LM-ARTIFACT-URL-CONSISTENT")
def artifact_url_slash_in_list(bench: Bench) -> None:
    """BUG: the list of artifacts shows urls with a slash more than GET does."""
    shown(bench, ("listArtifacts",), lambda url: url.rstrip("/") + "/", "url")


@mutant("artifact-label-empty-lost", "LM-ARTIFACT-TEXT-LENGTHS")
def artifact_label_empty_lost(bench: Bench) -> None:
    """BUG: a label whose value is empty is not stored."""

    @bench.before("createArtifact")
    def lost(call: Call) -> None:
        call.body["labels"] = [label for label in call.body.get("labels") or [] if label["value"]]
