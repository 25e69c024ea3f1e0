"""What a lawful server is free to choose: every option by name, and how a seed and a style choose among them."""

import random

from .habits import AS_SEEN, HABITS

# The first option of each is what `plain` does. No option may break what specs/ or a proven fact demands.
OPTIONS = {
    # -- the wire
    "framing": ("length", "chunked", "mixed"),
    "header_case": ("title", "lower"),
    "connection": ("keep", "close", "mixed"),
    "compression": ("never", "when-asked"),
    "json_layout": ("compact", "indented", "mixed"),
    "json_ascii": (True, False),
    "json_type": (
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
    ),
    "text_type": ("text/plain", "text/plain;charset=UTF-8", "text/plain; charset=utf-8"),
    "gateway_headers": (False, True),
    "location": ("absolute", "path", "relative", "absent"),
    "content_location": (False, True),
    "unknown_path": ("json", "text", "html", "empty", "bare-json"),
    "wrong_method": ("405-json", "405-text", "404-text", "405-empty"),
    "head": ("405", "like-get"),
    "throttle": (0, 400),
    "retry_after": ("seconds", "date", "absent"),
    "throttle_body": ("text", "json", "empty"),
    "flaky": (0, 37),
    "no_upstream": (0, 43),
    "firewall": ("none", "403", "400", "404", "406"),
    "untidy_path": ("as-it-is", "301", "308"),
    "clock_skew": (0, 0, 400, -400),
    # -- who may come in
    "no_token": ("403-text", "401-text", "401-json", "401-empty", "403-json", "401-html"),
    "bad_token": ("401-text", "403-text", "401-json", "401-empty"),
    "path_before_token": (False, True),
    "token_life": (43199, 7199, "43199", 3600, 5),
    "token_type": ("bearer", "Bearer"),
    "token_size": (40, 1800),
    "missing_group": ("400-json", "default", "403-text", "400-text"),
    "unknown_group": ("403-text", "404-json", "403-json", "400-json", "400-text"),
    "groups": ("two", "one", "any", "ignored"),
    # -- errors
    "request_id": ("requestId", "requestID", "request_id", "absent", "null", "empty", "mixed"),
    "details": ("absent", "object", "array", "null", "empty", "mixed"),
    "error_target": (True, False),
    "error_code": ("number", "word", "status"),
    "error_extra": (False, True),
    # -- validation
    "media_type": ("accept", "415-json", "415-text", "400"),
    "merge_patch_only": (False, True),
    "null_in": ("accept", "400"),
    "bad_filter": ("400", "empty"),
    "bad_paging": ("400", "ignore"),
    "top_zero": ("empty", "400"),
    "bare_top": ("ignore", "honour"),
    "bad_path_id": ("400", "404"),
    "bad_scenario_lists": ("refuse", "empty"),
    "unlike_ours": ("404", "400"),
    "bad_reference": ("400", "404"),
    "bad_select": ("400", "ignore"),
    "search_limit": ("400", "accept"),
    "unknown_scenario_lists": ("empty", "404", "400"),
    "unknown_version": ("empty", "404"),
    "executable_of_nothing": ("404", "400"),
    "version_labels": ("executables", "empty"),
    "double_keys": ("accept", "400"),
    "spare_labels": ("400", "accept"),
    "count_under_top": ("page", "total"),
    "order": ("oldest-first", "newest-first", "by-id"),
    "shuffle": (False, True),
    # -- content and shapes
    "content": (
        *("tutorial", "rich", "other", "split", "half-tutorial"),
        *("deployable-only", "training-only", "no-executables", "nothing"),
    ),
    "foreign": (0, 12, 150),
    "foreign_name": (False, True),
    "restless": (False, True),
    "optional": ("full", "null", "absent", "mixed"),
    "extra_members": (False, True),
    "detail_extra": (False, True),
    "list_members": ("all", "short"),
    "stamps": ("Z", "+00:00", "micro", "milli", "nano", "mixed", "far", "as-seen"),
    "ids": ("usual", "free"),
    "sdk_members": (True, False),
    "message": ("documented", "other"),
    # -- artifacts and configurations
    "artifact_url": ("as-sent", "slash"),
    "texts": ("as-sent", "trimmed", "composed"),
    "config_unknown_artifact": ("accept", "400", "404"),
    "config_unknown_executable": ("400", "404"),
    "artifact_scope": ("any", "scenario"),
    "name_filter": ("exact", "substring"),
    "empty_search": ("ignore", "400"),
    "legacy_paths": ("404", "202", "405", "410", "308"),
    # -- executions and deployments
    "executions": ("on", "off"),
    "deployments": ("on", "off"),
    "off_answer": ("404-text", "501-json", "405-empty", "403-text", "404-json", "400-json"),
    "off_lists": (False, True),
    "off_routes": (True, False),
    "unknown_configuration": ("400", "404"),
    "wrong_kind": ("400", "dead"),
    "wrong_kind_deployment": ("400",),
    "forbidden_patch": ("400", "412"),
    "forbidden_delete": ("412", "400"),
    "created_status": ("told", "null"),
    "unfit_target": ("400", "412"),
    "checked_first": ("body", "state"),
    "dead_message": (True, False),
    "coarse_start": (False, True),
    "output_lag": (0.0, 0.4),
    "fate": ("good", "dead", "mixed", "unknown", "pending"),
    "bad_run": ("dead", "pending"),
    "pace": (0.1, 0.002, 0.5, 1.1),
    "skip_states": (False, True),
    "stop_lag": (0.0, 0.3),
    "stop_time": (0.05, 0.0, 1.5),
    "stop_race": (False, True, "always"),
    "delete_time": (0.05, 0.0, 0.6, 2.5),
    "deleting_listed": (True, False),
    "second_delete": ("202", "412", "400", "404"),
    "second_stop": ("400", "202"),
    "deployment_gap": (0.0, 0.4),
    "list_gap": (0.0, 0.3),
    "quota": ("none", "queue", "400", "403-text", "429"),
    "quota_size": (9, 3),
    "quota_words": ("quota", "count"),
    "deployment_room": ("some", "none"),
    "bulk": ("on", "off"),
    "bulk_templates": ("all", "none", "some"),
    "bulk_wrong": ("400", "entry"),
    "bulk_double": ("400", "process"),
    "bulk_empty": ("400", "202"),
    "same_configuration": ("400", "202"),
    "dead_patch": ("400", "202"),
    "empty_patch": ("400", "202"),
    "patch_both": ("400", "202"),
    "ttl": ("on", "ignore", "400"),
    "short_ttl": ("400", "accept"),
    "longest_ttl": ("endless", "8h"),
    # -- logs, schedules, models, files
    "logs": ("on", "off"),
    "early_logs": ("empty", "404"),
    "log_shape": ("full", "bare", "empty-object"),
    "log_group": ("ignored", "kept"),
    "log_window": ("400", "ignore"),
    "schedules": ("on", "off"),
    "often": ("400", "accept"),
    "schedule_name": ("ignore", "400"),
    "schedule_end": ("400", "accept"),
    "schedule_fractions": ("accept", "400"),
    "schedule_start": ("filled", "as-given"),
    "resume_after_end": ("400", "accept"),
    "schedule_delete_time": (0.0, 0.4),
    "schedule_lag": (0.0, 0.5),
    "files": ("off", "on", "upload-only", "no-store", "csv-only"),
    "empty_file": ("201", "400"),
    "file_url": ("ai", "https"),
    "file_limit": (104857600, 2048),
    # -- meta
    "meta": ("full", "bare", "404-json", "404-text", "403-text", "405-text"),
    # -- metrics
    "metrics": ("on", "off"),
    "metrics_advertised": (True, False),
    "metrics_unknown": ("204", "400", "404"),
    "same_point": ("append", "upsert"),
    "same_name": ("upsert", "append"),
    "server_tags": (False, True),
    "some_unknown": ("known", "404"),
    "eleven_ids": ("400", "accept"),
    "tag_filter_alone": ("400", "accept"),
    "metrics_survive": (True, False),
    "metrics_limit": ("413", "400", "accept"),
    "metrics_count": (True, False),
    "no_step": ("zero", "absent", "null"),
    "metrics_dates": (False, True),
    **HABITS,
    "metrics_left_out": ("nothing", "$filter", "tagFilters"),
}

# Fixed choices per style; what a style does not name is drawn, but for `plain`, which takes every first option.
STYLES = {
    "plain": {},
    "any": {},
    "as-seen": AS_SEEN,
    "tenant-like": {
        "json_type": "application/json; charset=utf-8",
        "gateway_headers": True,
        "no_token": "403-text",
        "bad_token": "401-text",
        "unknown_group": "403-text",
        "groups": "two",
        "content": ("rich", "split"),
        "foreign": 12,
        "foreign_name": True,
        "ids": "usual",
        "stamps": "Z",
        "optional": "mixed",
        "meta": "full",
        "bulk": "on",
        "logs": "on",
        "schedules": "on",
        "executions": "on",
        "deployments": "on",
        "metrics": "on",
        "sdk_members": True,
        "message": "documented",
        "fate": "good",
        "quota": "none",
        "throttle": 0,
        "deployment_gap": 0.4,
        "server_tags": True,
        "token_life": 43199,
    },
    "bare": {
        "optional": "absent",
        "extra_members": False,
        "content": ("other", "half-tutorial", "nothing", "no-executables", "deployable-only", "training-only"),
        "groups": "one",
        "foreign": 0,
        "meta": ("bare", "404-json", "404-text", "403-text", "405-text"),
        "off_routes": (True, False),
        "list_members": "short",
        "created_status": ("told", "null"),
        "location": "absent",
        "request_id": "absent",
        "details": "absent",
        "error_target": False,
        "sdk_members": False,
        "message": "other",
        "metrics_count": False,
        "no_step": "absent",
        "log_shape": ("bare", "empty-object"),
    },
    "busy": {
        **{"foreign": 150, "foreign_name": True, "restless": True, "content": "rich", "shuffle": True},
        "optional": "mixed",
    },
    "slow": {
        "pace": (0.5, 1.1),
        "fate": ("good", "unknown", "pending"),
        "stop_lag": 0.3,
        "stop_time": 1.5,
        "delete_time": 2.5,
        "deployment_gap": 0.4,
        "list_gap": 0.3,
        "output_lag": 0.4,
        "schedule_lag": (0.0, 0.5),
        "skip_states": False,
    },
    "instant": {
        "pace": 0.002,
        "stop_time": 0.0,
        "stop_lag": 0.0,
        "delete_time": 0.0,
        "skip_states": True,
        "fate": "good",
        "executions": "on",
        "deployments": "on",
        "content": ("tutorial", "rich"),
    },
    "failing-trainings": {
        "fate": ("dead", "mixed"),
        "dead_message": (True, False),
        "files": ("no-store", "off"),
        "pace": (0.1, 0.002),
        "content": ("tutorial", "rich", "other"),
    },
    "no-capabilities": {
        "executions": ("on", "off"),
        "deployments": "off",
        "bulk": "off",
        "logs": "off",
        "schedules": "off",
        "files": "off",
        "metrics": ("on", "off"),
        "ttl": "400",
        "metrics_advertised": False,
        "meta": ("full", "full", "404-json", "404-text"),
        "off_routes": (True, False),
    },
    "strict": {
        **dict.fromkeys(("null_in", "bad_filter", "bad_paging", "top_zero", "bad_select", "search_limit"), "400"),
        **dict.fromkeys(("double_keys", "spare_labels", "empty_search"), "400"),
        **dict.fromkeys(("config_unknown_artifact", "wrong_kind", "bulk_double", "bulk_empty", "often"), "400"),
        **dict.fromkeys(("same_configuration", "dead_patch", "empty_patch", "patch_both", "short_ttl"), "400"),
        **dict.fromkeys(("schedule_name", "schedule_end", "schedule_fractions", "eleven_ids"), "400"),
        **dict.fromkeys(("tag_filter_alone", "metrics_unknown", "log_window", "empty_file"), "400"),
        "media_type": ("415-json", "415-text", "400"),
        "merge_patch_only": True,
        "artifact_scope": "scenario",
        "checked_first": ("body", "state"),
        "longest_ttl": "8h",
        "missing_group": ("400-json", "400-text", "403-text"),
        "metrics_limit": ("413", "400"),
        "content": ("tutorial", "rich", "other"),
    },
    "lax": {
        **dict.fromkeys(("media_type", "null_in", "search_limit", "double_keys", "spare_labels"), "accept"),
        **dict.fromkeys(("config_unknown_artifact", "often"), "accept"),
        **dict.fromkeys(("schedule_end", "schedule_fractions", "eleven_ids", "tag_filter_alone"), "accept"),
        **dict.fromkeys(("bulk_empty", "same_configuration", "dead_patch", "empty_patch", "patch_both"), "202"),
        **dict.fromkeys(("bad_paging", "bad_select", "empty_search", "log_window"), "ignore"),
        "bare_top": "honour",
        "bad_filter": "empty",
        "top_zero": "empty",
        "bulk_wrong": "entry",
        "bad_scenario_lists": "empty",
        "missing_group": "default",
        "groups": ("any", "ignored", "two"),
        "name_filter": "substring",
        "wrong_kind": "dead",
        "metrics_unknown": "204",
        "metrics_limit": "accept",
        "short_ttl": "accept",
        "bulk_double": "process",
        "second_delete": "202",
        "second_stop": "202",
    },
    "throttled": {
        "throttle": 40,
        "quota": ("429", "400", "403-text"),
        "quota_size": 3,
        "deployment_room": ("some", "none"),
        "flaky": (0, 37),
        "no_upstream": (0, 43),
        "token_life": (5, 3600),
    },
}


class Choices:
    """The choices of one server: ``choices["name"]``; ``rng`` draws what may differ with every request."""

    def __init__(self, seed, style="plain", forced=()):
        self.rng = random.Random(f"{style}-{seed}")
        self._values = {}
        for name, options in OPTIONS.items():
            # Half of what a style leaves open stays usual: else each server is all corners and most probes end early.
            usual = style == "plain" or self.rng.random() < 0.5
            self._values[name] = options[0] if usual else self.rng.choice(options)
        for name, value in STYLES[style].items():
            self._values[name] = self.rng.choice(value) if isinstance(value, tuple) else value
        for name, text in forced:
            self._values[name] = next(option for option in OPTIONS[name] if str(option) == text)
        self._be_honest()

    def _be_honest(self):
        """What the schema of /lm/meta presumes and this server does not have, it must deny there."""
        values = self._values
        if values["meta"] != "full":
            values |= dict.fromkeys(("executions", "deployments", "logs"), "on")
            values["groups"] = "two" if values["groups"] == "ignored" else values["groups"]
        if values["meta"] not in ("full", "bare"):
            values["metrics"] = "on"
        if values["ids"] == "free":
            values["unlike_ours"] = "404"

    def __getitem__(self, name):
        return self._values[name]

    def chance(self, probability):
        """True about ``probability`` of the times."""
        return self.rng.random() < probability

    def unusual(self):
        """What differs from `plain`, for whoever looks into a finding."""
        return {name: value for name, value in self._values.items() if value != OPTIONS[name][0]}
