"""The lmconform.toml that ``lmconform init`` writes: one target, and the rest as comments to choose from."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Final

from lmconform.settings import target_schema

_TEXT: Final = Template("""\
#:schema ./$schema
# Targets of lmconform, by name: 'lmconform run $name' judges the one below, 'lmconform targets' lists them.
# This file must not contain secrets: lmconform refuses them. A key is called as its option of 'lmconform run --help',
# with _ for -; an option on the command line overrides it. Paths are relative to the folder of this file.

[defaults]
# Defaults of all targets.
# poll_interval = 60         # seconds between two polls
# request_timeout = 30       # seconds for one answer
# stop_timeout = 1800        # seconds until an accepted stop is carried out; a finding after that
# delete_timeout = 900       # the same for a deletion
# start_timeout = 3600       # until a deployment is RUNNING
# poll_timeout = 3600        # until an execution ends

[targets.$name]
url = $url
# The secret stays in the key file: keep that out of version control, and readable for you only.
credentials = { service_key = $key }
# Or a variable with the JSON of the key, a profile of SAP's SDK, or single values:
# credentials = { service_key = { env = "DEV_SERVICE_KEY" } }
# credentials = { aicore_profile = "dev" }
# credentials = { client_id = { env = "DEV_ID" }, client_secret = { env = "DEV_SECRET" }, auth_url = "https://…" }
# Before you set allow_writes, name a group that nothing else uses.
resource_group = $group
# other_resource_group = "…" # a second one, so that isolation is judged

# smoke only reads; gate, core and full create resources, and need allow_writes.
profile = "smoke"
# allow_writes = true
# waivers = "waivers.yaml"   # known defects that do not gate until a date
# disposable = true          # everything in it may be used up: no limit on executions and deployments
# expect = ["training=may-die", "serving=may-die"]   # the tenant lacks the tutorial's data or images

# What to train and to serve with; without these tables, a run looks for an executable that fits.
# [targets.$name.train]
# scenario = "text-clf-tutorial"
# executable = "text-clf-train-tutorial"
# artifact = "ai://default/data"
# parameters = { epochs = "1" }
# [targets.$name.serve]
# scenario = "text-clf-tutorial"
# executable = "text-clf-infer-tutorial"
# artifact = "ai://default/model"
""")


def render(name: str, url: str, key: Path, resource_group: str) -> str:
    """The text of the file, for a target whose service key lies at ``key``."""
    return _TEXT.substitute(
        schema=target_schema.FILE_NAME,
        name=name,
        url=_quoted(url),
        key=_quoted(key.as_posix()),
        group=_quoted(resource_group),
    )


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON has the same escapes, but for DEL."""
    return json.dumps(text).replace("\x7f", "\\u007f")
