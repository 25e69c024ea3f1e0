"""Names and times of schedules that come back otherwise than they were."""

from __future__ import annotations

import html
import re
import unicodedata

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.texts import cut, shown, stored, without_plane_one
from lmconform.mutants.registry import mutant

_CREATE = "createExecutionSchedule"
_READS = ("getExecutionSchedule", "listExecutionSchedules")


@mutant("schedule-name-trimmed", "LM-SCHEDULE-TEXT-SPACES-EXACT")
def schedule_name_trimmed(bench: Bench) -> None:
    """BUG: the name of a schedule loses the spaces at its ends."""
    stored(bench, _CREATE, str.strip, "name")


@mutant("schedule-name-single-spaced", "LM-SCHEDULE-TEXT-SPACES")
def schedule_name_single_spaced(bench: Bench) -> None:
    """BUG: of several spaces in a row inside the name of a schedule one is left."""
    stored(bench, _CREATE, lambda text: re.sub(" +", " ", text), "name")


@mutant("schedule-name-cut-255", "LM-SCHEDULE-TEXT-LENGTHS")
def schedule_name_cut_255(bench: Bench) -> None:
    """BUG: a name of 256 characters, which is the limit, loses the last one."""
    stored(bench, _CREATE, cut(255), "name")


@mutant("schedule-name-escaped", "LM-SCHEDULE-TEXT-SIGNS")
def schedule_name_escaped(bench: Bench) -> None:
    """BUG: the list shows the names of schedules escaped for HTML."""
    shown(bench, ("listExecutionSchedules",), html.escape, "name")


@mutant("schedule-name-plus", "LM-SCHEDULE-TEXT-SIGNS")
def schedule_name_plus(bench: Bench) -> None:
    """BUG: a plus sign in the name of a schedule is stored as a space."""
    stored(bench, _CREATE, lambda text: text.replace("+", " "), "name")


@mutant("schedule-name-composed", "LM-SCHEDULE-TEXT-UNICODE-EXACT")
def schedule_name_composed(bench: Bench) -> None:
    """BUG: the name of a schedule is stored in composed letters (NFC)."""
    stored(bench, _CREATE, lambda text: unicodedata.normalize("NFC", text), "name")


@mutant("schedule-name-emoji-lost", "LM-SCHEDULE-TEXT-UNICODE")
def schedule_name_emoji_lost(bench: Bench) -> None:
    """BUG: emoji in the name of a schedule become question marks."""
    stored(bench, _CREATE, without_plane_one, "name")


@mutant("schedule-created-by-changes", "LM-SCHEDULE-CREATED-AT-STAYS")
def schedule_created_by_changes(bench: Bench) -> None:
    """BUG: a change of a schedule sets its createdAt anew."""

    @bench.after("modifyExecutionSchedule")
    def moved(call: Call, reply: Reply) -> None:
        schedule = call.group.schedules.get(call.path["executionScheduleId"])
        if schedule is not None:
            schedule.created = schedule.modified


@mutant("schedule-changed-before-created", "LM-SCHEDULE-CREATED-AT-STAYS")
def schedule_changed_before_created(bench: Bench) -> None:
    """BUG: after a change modifiedAt of a schedule is a day before createdAt."""

    @bench.after("modifyExecutionSchedule")
    def yesterday(call: Call, reply: Reply) -> None:
        schedule = call.group.schedules.get(call.path["executionScheduleId"])
        if schedule is not None:
            schedule.modified = schedule.created - 86_400


@mutant("schedule-modified-before-created", "LM-SCHEDULE-TIMES-ORDERED")
def schedule_modified_before_created(bench: Bench) -> None:
    """BUG: modifiedAt of a new schedule is years before createdAt."""
    shown(bench, _READS, lambda text: "2001-01-01T00:00:00Z", "modifiedAt")


@mutant("schedule-replicas-differ", "LM-SCHEDULE-STAYS")
def schedule_replicas_differ(bench: Bench) -> None:
    """BUG: every second read of a schedule shows it as INACTIVE."""
    reads: dict[str, int] = {}

    @bench.after("getExecutionSchedule")
    def paused(call: Call, reply: Reply) -> None:
        key = call.path["executionScheduleId"]
        reads[key] = reads.get(key, 0) + 1
        if reads[key] % 2 == 0:
            reply.json["status"] = "INACTIVE"


@mutant("schedule-list-next-minute", "LM-SCHEDULE-STAYS", "LM-SCHEDULE-LIST-EQUALS-GET")
def schedule_list_next_minute(bench: Bench) -> None:
    """BUG: the list shows schedules with a cron of the next minute."""

    @bench.after("listExecutionSchedules")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            minute, _, rest = resource["cron"].partition(" ")
            resource["cron"] = f"{int(minute) + 1} {rest}"
