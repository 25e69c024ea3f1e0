"""What a mock hands to its clients: service keys, certificates, and lines to paste into a terminal."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from lmconform.errors import ConfigError
from lmconform.mock import auth

if TYPE_CHECKING:
    from lmconform.mock.server import Bound, Secured

_GROUP = "tutorial"


@dataclass(frozen=True, slots=True)
class Files:
    """Where things go; None is not written. ``certificate`` and ``private_key`` are those of the x509 key."""

    service_key: Path | None = None
    x509_key: Path | None = None
    ca: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None

    def absolute(self) -> Files:
        """The same places, as they are called in any folder."""
        return Files(*(None if path is None else path.absolute() for path in astuple(self)))


def service_key(url: str, **secret: str) -> dict[str, Any]:
    """A service key as SAP BTP shows it, for the mock at ``url``; ``secret`` is how its client is known."""
    zone = "lmconform-mock"
    return {
        "clientid": f"sb-{uuid.uuid4()}!b1|aicore!b1",
        **secret,
        "url": url,
        "identityzone": zone,
        "identityzoneid": str(uuid.uuid5(uuid.NAMESPACE_DNS, zone)),
        "appname": "lmconform-mock!b1|aicore!b1",
        "serviceurls": {"AI_API_URL": url},
    }


def write(bound: Bound, files: Files) -> None:
    """Write what has a place; the service key comes last: who sees it sees all. Raises ConfigError."""
    if bound.secured is not None:
        made = bound.secured.certificates
        _write(files.ca, made.ca, "--write-ca")
        _write(files.certificate, made.client + made.ca, "certificate")
        _write(files.private_key, made.client_key, "key")
        _write(files.x509_key, json.dumps(bound.secured.key, indent=2), "--write-x509-key")
    _write(files.service_key, json.dumps(bound.key, indent=2), "--write-service-key")


def lines(bound: Bound, files: Files) -> Iterator[str]:
    """What to paste into another terminal, in whatever folder that is; each line works alone."""
    key, url, files = bound.key, bound.url, files.absolute()
    token_url = f"{url}{auth.PATH}"
    yield f"service key: {files.service_key}"
    yield ""
    yield _exports(
        AICORE_CLIENT_ID=key["clientid"],
        AICORE_CLIENT_SECRET=key["clientsecret"],
        AICORE_AUTH_URL=token_url,
        AICORE_BASE_URL=f"{url}/v2",
        AICORE_RESOURCE_GROUP=_GROUP,
    )
    yield ""
    # No exclamation mark between double quotes: an interactive bash would look it up in its history.
    client = quote(f"{key['clientid']}:{key['clientsecret']}")
    yield _curl(f"-u {client} -d grant_type=client_credentials {quote(token_url)}", "", url)
    yield ""
    yield f"lmconform run {quote(url)} --service-key {quote(str(files.service_key))} --resource-group {_GROUP}"
    if bound.secured is not None:
        yield from _secured(bound.secured, files)


def _secured(secured: Secured, files: Files) -> Iterator[str]:
    """The same for the client that shows a certificate; the names are those that SAP's SDK knows (fact E3)."""
    url, client = secured.url, secured.key["clientid"]
    token_url = f"{url}{auth.PATH}"
    ca, certificate, private_key = (quote(str(f)) for f in (files.ca, files.certificate, files.private_key))
    yield ""
    yield f"with TLS: {url}/v2/lm  (certificates are made anew at each start)"
    yield f"CA certificate: {files.ca}"
    yield f"x509 service key: {files.x509_key}"
    yield ""
    yield _exports(
        AICORE_CLIENT_ID=client,
        AICORE_CERT_FILE_PATH=str(files.certificate),
        AICORE_KEY_FILE_PATH=str(files.private_key),
        AICORE_CERT_URL=token_url,
        AICORE_BASE_URL=f"{url}/v2",
        AICORE_RESOURCE_GROUP=_GROUP,
        REQUESTS_CA_BUNDLE=str(files.ca),
    )
    yield ""
    form = f"-d grant_type=client_credentials --data-urlencode {quote(f'client_id={client}')}"
    trust = f"--cacert {ca} "
    yield _curl(f"{trust}--cert {certificate} --key {private_key} {form} {quote(token_url)}", trust, url)
    yield ""
    words = f"--service-key {quote(str(files.x509_key))} --ca-bundle {ca} --resource-group {_GROUP}"
    yield f"lmconform run {quote(url)} {words}"


def _exports(**variables: str) -> str:
    return "export " + " ".join(f"{name}={quote(value)}" for name, value in variables.items())


def _curl(token: str, more: str, url: str) -> str:
    """A line that fetches a token and lists scenarios."""
    pick = quote(r's/.*"access_token": *"\([^"]*\)".*/\1/p')
    headers = f'-H "Authorization: Bearer $TOKEN" -H "AI-Resource-Group: {_GROUP}"'
    return f"TOKEN=$(curl -sS {token} | sed -n {pick}) && curl -sS {more}{headers} {quote(url)}/v2/lm/scenarios"


def _write(path: Path | None, text: str, option: str) -> None:
    """Write a file that nobody else may read; it appears whole or not at all."""
    if path is None:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{option} {path}: cannot be written ({error.strerror})") from error
