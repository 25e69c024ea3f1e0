"""The options of ``lmconform mock``, declared once with type, default and help; ``settings`` gives them meaning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmconform.contract.dialects import DIALECTS
from lmconform.mock.clock import RUNNING, TIMES
from lmconform.mock.store import QUOTA
from lmconform.mock.switches import PRESETS
from lmconform.mock.tokens import LIFETIME


@dataclass(frozen=True, slots=True)
class Option:
    """One option ``--name``.

    ``kind`` is str, int, float, bool or Path; a default of ``()`` makes the option repeatable. ``bounds`` are
    the least and the greatest number. A bool is a flag; with the default None it is a pair ``--name/--no-name``.
    """

    name: str
    kind: type
    default: Any
    help: str
    metavar: str | None = None
    bounds: tuple[float, float] | None = None
    hidden: bool = False

    @property
    def dest(self) -> str:
        """The key of its value."""
        return self.name.replace("-", "_")


_MAX_PORT = 65535
_YEAR = 31_536_000

NETWORK = (
    Option("host", str, "127.0.0.1", "Address to listen on."),
    Option("port", int, 8090, "Port; 0 selects a free one.", bounds=(0, _MAX_PORT)),
    Option(
        "tls-port",
        int,
        None,
        "Second port, with TLS and client certificates; 0 selects a free one.",
        "PORT",
        bounds=(0, _MAX_PORT),
    ),
    Option(
        "read-timeout",
        float,
        30.0,
        "Limit from the first byte of a request to its last; then its connection is closed.",
        "SECONDS",
        bounds=(0.1, 3600),
    ),
)
CLOCK = (
    Option(
        "pace",
        float,
        1.0,
        "Duration of one step; an execution completes after four. A step of a tenant takes about 15 seconds.",
        "SECONDS",
        bounds=(0.001, 3600),
    ),
    Option(
        "hour",
        float,
        None,
        "Duration of one hour of ttl and cron (default: 240 steps, as on a tenant; 3600 is real time).",
        "SECONDS",
        bounds=(0.01, 3600),
    ),
    Option(
        "time",
        str,
        RUNNING,
        "What moves the time: the clock of the machine; each repeated GET of an execution or deployment, by one step; "
        "or only the admin interface. With --pace 15 the durations are those of a tenant.",
        "|".join(TIMES),
    ),
)
CONTENT = (
    Option(
        "workflows",
        Path,
        None,
        "Folder of templates (WorkflowTemplate, ServingTemplate) that define scenarios and executables.",
        "DIR",
    ),
    Option("without", str, (), "Capability that is neither offered nor advertised (repeatable).", "CAPABILITY"),
    Option("dialect", str, "published", "Endpoints of SAP's tutorial that are offered.", "|".join(DIALECTS)),
    Option("preset", str, "plain", "Set of switch values.", "|".join(PRESETS)),
    Option("switch", str, (), "Value of one switch, overrides the preset (repeatable).", "NAME=VALUE"),
    Option("list-switches", bool, False, "List the switches with their values, and exit."),
)
FAULTS = (
    Option(
        "fault",
        str,
        (),
        "Inject a fault, as in 'GET: 503, probability=0.1' (repeatable; the first rule that applies wins).",
        "RULE",
    ),
    Option(
        "fault-seed",
        int,
        0,
        "Random seed of the faults: with the same seed the same requests fail.",
        bounds=(0, 1_000_000_000),
    ),
    Option("list-faults", bool, False, "List the kinds of faults with their settings, and exit."),
    Option("mutant", str, "", "Run with this one defect (see 'lmconform list mutants').", "ID"),
)
STORAGE = (
    Option("state", Path, None, "Keep the state in this SQLite file and continue from it (default: memory).", "FILE"),
    Option(
        "quota",
        int,
        QUOTA,
        "Maximum number of resources of one kind in one resource group.",
        bounds=(1, 1_000_000),
    ),
)
CREDENTIALS = (
    Option("write-service-key", Path, None, "Write a service key to this file.", "FILE"),
    Option(
        "write-x509-key",
        Path,
        None,
        "Write a service key with a client certificate to this file (requires --tls-port).",
        "FILE",
    ),
    Option(
        "write-ca",
        Path,
        None,
        "Write the CA certificate that verifies the TLS port to this file (requires --tls-port).",
        "FILE",
    ),
    Option(
        "client-secret-file",
        Path,
        None,
        "File with the secret of the client (default: $LMCONFORM_MOCK_CLIENT_SECRET, or a new one).",
        "FILE",
    ),
    Option(
        "token-lifetime",
        int,
        LIFETIME,
        "Lifetime of a token. At an hour or less, SAP's SDK fetches a token before each call.",
        "SECONDS",
        bounds=(1, _YEAR),
    ),
)
PROCESS = (
    Option("page", bool, None, "Serve a web page at /, without a token (default: only on a loopback address)."),
    Option("log", bool, False, "Print one line for each request."),
    Option(
        "admin",
        bool,
        False,
        "Offer the admin interface for tests below /-/admin, to the client of the service key (only on a loopback "
        "address).",
    ),
    Option("quiet", bool, False, "Print nothing."),
    Option("parent-pid", int, None, "Exit when this process is no longer the parent.", hidden=True),
)
OPTIONS = (*NETWORK, *CLOCK, *CONTENT, *FAULTS, *STORAGE, *CREDENTIALS, *PROCESS)
