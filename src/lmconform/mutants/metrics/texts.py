"""Texts, numbers and times of metrics that come back otherwise than they were sent."""

from __future__ import annotations

import html
import json
import unicodedata

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.texts import as_number, cut, in_single_precision, shown, stored, without_plane_one
from lmconform.mutants.registry import mutant

_PATCH = "patchMetrics"
_FIND = ("findMetrics",)
_VALUES = ("tags.value", "customInfo.value", "metrics.labels.value")


@mutant("metrics-tags-trimmed", "LM-METRICS-TEXT-SPACES-EXACT")
def metrics_tags_trimmed(bench: Bench) -> None:
    """BUG: spaces at the ends of tag values are cut off."""
    stored(bench, _PATCH, lambda text: text.strip() or text, "tags.value")


@mutant("metrics-names-trimmed", "LM-METRICS-TEXT-SPACES-EXACT")
def metrics_names_trimmed(bench: Bench) -> None:
    """BUG: spaces at the ends of the names of metrics are cut off."""
    stored(bench, _PATCH, lambda text: text.strip() or text, "metrics.name")


@mutant("metrics-info-without-tabs", "LM-METRICS-TEXT-SPACES")
def metrics_info_without_tabs(bench: Bench) -> None:
    """BUG: tabs in custom information become spaces."""
    shown(bench, _FIND, str.expandtabs, "customInfo.value")


@mutant("metrics-info-cut-65535", "LM-METRICS-TEXT-LENGTHS")
def metrics_info_cut_65535(bench: Bench) -> None:
    """BUG: custom information is cut after 65535 characters."""
    stored(bench, _PATCH, cut(65535), "customInfo.value")


@mutant("metrics-label-cut-255", "LM-METRICS-TEXT-LENGTHS", "LM-METRICS-AT-LIMIT")
def metrics_label_cut_255(bench: Bench) -> None:
    """BUG: the values of labels of metrics are cut after 255 characters."""
    stored(bench, _PATCH, cut(255), "metrics.labels.value")


@mutant("metrics-plus-is-a-space", "LM-METRICS-TEXT-SIGNS")
def metrics_plus_is_a_space(bench: Bench) -> None:
    """BUG: a plus sign in tags and labels is stored as a space."""
    stored(bench, _PATCH, lambda text: text.replace("+", " "), "tags.value", "metrics.labels.value")


@mutant("metrics-texts-escaped", "LM-METRICS-TEXT-SIGNS")
def metrics_texts_escaped(bench: Bench) -> None:
    """BUG: custom information is shown escaped for HTML."""
    shown(bench, _FIND, html.escape, "customInfo.value")


@mutant("metrics-quotes-single", "LM-METRICS-TEXT-SIGNS")
def metrics_quotes_single(bench: Bench) -> None:
    """BUG: double quotes in names of tags become single ones."""
    stored(bench, _PATCH, lambda text: text.replace('"', "'"), "tags.name")


@mutant("metrics-texts-composed", "LM-METRICS-TEXT-UNICODE-EXACT")
def metrics_texts_composed(bench: Bench) -> None:
    """BUG: tags, labels and custom information are stored in composed letters (NFC)."""
    stored(bench, _PATCH, lambda text: unicodedata.normalize("NFC", text), *_VALUES)


@mutant("metrics-emoji-lost", "LM-METRICS-TEXT-UNICODE")
def metrics_emoji_lost(bench: Bench) -> None:
    """BUG: emoji in labels of metrics become question marks."""
    stored(bench, _PATCH, without_plane_one, "metrics.labels.value")


@mutant("metrics-info-as-json", "LM-METRICS-TEXT-NUMERALS")
def metrics_info_as_json(bench: Bench) -> None:
    """BUG: custom information that is JSON is read, and written anew."""

    def rewritten(text: str) -> str:
        try:
            return json.dumps(json.loads(text), separators=(",", ":"))
        except ValueError:
            return text

    stored(bench, _PATCH, rewritten, "customInfo.value")


@mutant("metrics-tag-numbers", "LM-METRICS-TEXT-NUMERALS")
def metrics_tag_numbers(bench: Bench) -> None:
    """BUG: tag values that look like numbers lose zeros."""
    stored(bench, _PATCH, as_number, "tags.value")


@mutant("metrics-tag-names-small", "LM-METRICS-TEXT-NUMERALS")
def metrics_tag_names_small(bench: Bench) -> None:
    """BUG: the names of tags are stored in small letters."""
    stored(bench, _PATCH, str.lower, "tags.name")


@mutant("metrics-values-six-digits", "LM-METRICS-VALUE-EXACT")
def metrics_values_six_digits(bench: Bench) -> None:
    """BUG: the values of metrics keep six digits behind the point."""
    shown(bench, _FIND, lambda value: round(value, 6), "metrics.value")


@mutant("metrics-values-single-precision", "LM-METRICS-VALUE-EXACT")
def metrics_values_single_precision(bench: Bench) -> None:
    """BUG: the values of metrics go through four bytes."""
    stored(bench, _PATCH, in_single_precision, "metrics.value")


@mutant("metrics-values-fifteen-digits", "LM-METRICS-VALUE-EXACT")
def metrics_values_fifteen_digits(bench: Bench) -> None:
    """BUG: the values of metrics keep fifteen significant digits."""
    stored(bench, _PATCH, lambda value: float(f"{value:.15g}"), "metrics.value")


@mutant("metrics-values-small-lost", "LM-METRICS-VALUE-EXACT")
def metrics_values_small_lost(bench: Bench) -> None:
    """BUG: values of metrics below 1e-130 become 0."""
    stored(bench, _PATCH, lambda value: value if abs(value) > 1e-130 else 0, "metrics.value")


@mutant("metrics-steps-single-precision", "LM-METRICS-STEP-GREAT")
def metrics_steps_single_precision(bench: Bench) -> None:
    """BUG: steps of metrics go through a float of four bytes."""
    stored(bench, _PATCH, lambda step: int(in_single_precision(step)), "metrics.step")


@mutant("metrics-steps-overflow", "LM-METRICS-STEP-GREAT")
def metrics_steps_overflow(bench: Bench) -> None:
    """BUG: steps of metrics begin anew after 65535."""
    stored(bench, _PATCH, lambda step: step % 65536, "metrics.step")


@mutant("metrics-offsets-ignored", "LM-METRICS-TIME-INSTANT")
def metrics_offsets_ignored(bench: Bench) -> None:
    """BUG: the offset of a timestamp is dropped instead of counted."""
    stored(bench, _PATCH, lambda text: f"{text[:-6]}Z" if text[-6] in "+-" else text, "metrics.timestamp")


@mutant("metrics-milliseconds-lost", "LM-METRICS-TIME-INSTANT", "LM-METRICS-POINT-ECHO")
def metrics_milliseconds_lost(bench: Bench) -> None:
    """BUG: timestamps of metrics are kept in whole seconds."""
    shown(bench, _FIND, lambda text: text[:19] + "Z", "metrics.timestamp")


@mutant("metrics-select-rounds", "LM-METRICS-VIEWS-AGREE")
def metrics_select_rounds(bench: Bench) -> None:
    """BUG: with $select=metrics values have one digit behind the point."""

    @bench.after("findMetrics")
    def rounded(call: Call, reply: Reply) -> None:
        if call.query.get("$select") == ["metrics"]:
            for resource in resources(reply):
                for point in resource["metrics"]:
                    point["value"] = round(point["value"], 1)


@mutant("metrics-filter-without-labels", "LM-METRICS-VIEWS-AGREE")
def metrics_filter_without_labels(bench: Bench) -> None:
    """BUG: metrics that are asked for with $filter have no labels."""

    @bench.after("findMetrics")
    def bare(call: Call, reply: Reply) -> None:
        if "$filter" in call.query:
            for resource in resources(reply):
                resource["metrics"] = [{**point, "labels": []} for point in resource.get("metrics") or []]
