"""What is tested: base URL, resource groups, credentials, time limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lmconform.contract import urls
from lmconform.errors import ConfigError
from lmconform.settings import ca_bundle, credential_sources, expectations, proxies, resource_group
from lmconform.settings.content import Content
from lmconform.settings.credential_sources import Named
from lmconform.settings.credentials import Credentials
from lmconform.settings.expectations import Expectation
from lmconform.settings.options import RunConfig, api_base
from lmconform.settings.time_limits import LOOPBACK, TENANT, TimeLimits


@dataclass(frozen=True, slots=True)
class Target:
    """One system under test. ``base_url`` ends in ``/v2``; ``poll_interval`` is in seconds.

    ``disposable``: its owner allows any number of executions, deployments and schedules. ``expected`` are outcomes
    that its owner expects. ``ca_bundle`` is the path of the CA certificates that verify it, empty for the default ones.
    ``source`` is where the credentials came from, ``group_because`` what named the resource group, texts for people.
    ``content`` is what its owner names to train and to serve with. ``skew`` is by how many seconds its clock is
    ahead of this machine's.
    ``proxies`` is as ``proxies.find`` returns it, with passwords.
    """

    name: str
    base_url: str
    credentials: Credentials
    resource_group: str
    other_resource_group: str | None
    poll_interval: float
    limits: TimeLimits
    disposable: bool = False
    expected: frozenset[Expectation] = frozenset()
    ca_bundle: str = ""
    source: str = ""
    group_because: str = ""
    content: Content = field(default_factory=Content)
    proxies: Mapping[str, str] = field(default_factory=dict)
    skew: float = 0.0

    def now(self) -> datetime:
        """The time by the clock of the target: times that are sent must not depend on the clock of this machine."""
        return datetime.now(UTC) + timedelta(seconds=self.skew)

    @property
    def access(self) -> str:
        """Which credentials are used for which URL and resource group, in one line; empty for the embedded mock."""
        if not self.source:
            return ""
        group = f"resource group {self.resource_group} ({self.group_because})"
        return f"credentials of {self.source} for {self.base_url}, {group}"

    @property
    def host(self) -> str:
        """Host name of the API."""
        return urlsplit(self.base_url).hostname or ""

    def as_json(self) -> dict[str, object]:
        """A form that ``from_json`` reads back; it holds the secret, keep it in memory."""
        data = {name: getattr(self, name) for name in self.__slots__}
        data["credentials"] = list(astuple(self.credentials))
        data |= {"limits": self.limits.as_json(), "expected": sorted(self.expected)}
        return data | {"content": self.content.as_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Target:
        """The target that ``as_json`` described."""
        values = dict(data)
        values["credentials"] = Credentials(*values["credentials"])  # type: ignore[misc]
        values["limits"] = TENANT.with_seconds(values["limits"])  # type: ignore[arg-type]
        values["expected"] = expectations.read(values["expected"])  # type: ignore[arg-type]
        values["content"] = Content.from_json(values["content"])  # type: ignore[arg-type]
        return cls(**values)  # type: ignore[arg-type]


def sources_of(config: RunConfig) -> Named:
    """What the user names as the source of the credentials, on the command line and in lmconform.toml."""
    return Named(config.service_key, config.aicore_profile, config.named.credentials if config.named else None)


def remote(config: RunConfig, environ: Mapping[str, str]) -> Target:
    """The target that the user named by URL; raises ConfigError. Nothing is sent."""
    sources = sources_of(config)
    source = credential_sources.find(sources, environ)
    if source is None:
        raise ConfigError(credential_sources.NONE)
    found = source.credentials
    base = api_base(config.target)
    named = urls.parts(found.api_url).hostname
    if found.api_url and not named:
        raise ConfigError(f"{source.source}: {found.api_url!r} is no http(s) URL of an API")
    if named and named.lower() != (urlsplit(base).hostname or "").lower():
        raise ConfigError(
            f"TARGET is {urlsplit(base).hostname}, the credentials of {source.source} are for {named}; "
            "they would be sent to the wrong host, use the key of this target"
        )
    group = resource_group.find(config.resource_group, environ, sources.profile, config.origin("resource_group"))
    if group.id == config.other_resource_group:
        raise ConfigError(
            f"{config.origin('other_resource_group')}: {group.id!r} is the resource group itself; name a second one"
        )
    # The tutorial says one minute, for real trainings; on this machine no cluster is waited for.
    interval, limits = (0.5, LOOPBACK) if urls.is_loopback(urlsplit(base).hostname or "") else (60.0, TENANT)
    with_tls = any(urlsplit(url).scheme == "https" for url in (base, found.token_url))
    return Target(
        name=config.label,
        base_url=base,
        credentials=found,
        resource_group=group.id,
        other_resource_group=config.other_resource_group,
        poll_interval=interval if config.poll_interval is None else config.poll_interval,
        limits=limits.with_seconds(config.seconds),
        disposable=config.disposable,
        expected=expectations.read(config.expect),
        ca_bundle=ca_bundle.bundle(config.ca_bundle, environ, needed=with_tls, origin=config.origin("ca_bundle")),
        source=source.source,
        group_because=group.because,
        content=config.named.content if config.named else Content(),
        proxies=proxies.find((base, found.token_url), environ),
    )
