"""Probes of what becomes of the name of an execution schedule."""

from __future__ import annotations

from lmconform.probes.builders.schedules import SCHEDULE
from lmconform.probes.builders.texts import Family, single
from lmconform.probes.context import Context, Json
from lmconform.probes.shared import round_trip
from lmconform.probes.shared.round_trip import schema_of


def _fields(ctx: Context, family: Family, token: str) -> Json:
    schema = schema_of(ctx, SCHEDULE.create, "name")
    return {"name": single(family, schema, ctx.session.config.seed, token)}


# A name begins with the prefix of this harness, so that it never looks like a number.
round_trip.install(SCHEDULE, _fields, (Family.SPACES, Family.LENGTHS, Family.SIGNS, Family.UNICODE))
