"""Probes of what becomes of the texts of a configuration: its name, keys and values of its bindings."""

from __future__ import annotations

from typing import Final

from lmconform.probes.builders.configurations import CONFIGURATION
from lmconform.probes.builders.texts import Family, names, single, values
from lmconform.probes.context import Context, Json
from lmconform.probes.shared import round_trip
from lmconform.probes.shared.round_trip import schema_of

_CREATE: Final = "createConfiguration"


def _fields(ctx: Context, family: Family, token: str) -> Json:
    seed = ctx.session.config.seed
    key, value = (schema_of(ctx, _CREATE, "parameterBindings", "*", name) for name in ("key", "value"))
    bindings = [{"key": f"Value-{number}", "value": text} for number, text in enumerate(values(family, value, seed))]
    bindings += [{"key": text, "value": "as sent"} for text in names(family, key, seed)]
    return {"name": single(family, schema_of(ctx, _CREATE, "name"), seed, token), "parameterBindings": bindings}


# Whether a configuration with undeclared keys is refused is open (F22).
round_trip.install(CONFIGURATION, _fields, Family, may_refuse=True)
