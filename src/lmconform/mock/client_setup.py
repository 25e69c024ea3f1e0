"""What clients of a mock need: service keys and certificates as files, and commands to paste into a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from lmconform import private_files
from lmconform.errors import ConfigError
from lmconform.mock import auth

if TYPE_CHECKING:
    from lmconform.mock.endpoints import Endpoint, TlsEndpoint

_GROUP = "tutorial"


@dataclass(frozen=True, slots=True)
class Files:
    """Paths of the files to write; None is not written. ``certificate`` and ``private_key`` belong to the x509 key."""

    service_key: Path | None = None
    x509_key: Path | None = None
    ca: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None

    @classmethod
    def from_options(cls, values: Mapping[str, Any]) -> Files:
        """The files that the options of ``lmconform mock`` name."""
        return cls(values["write_service_key"], values["write_x509_key"], values["write_ca"])

    def absolute(self) -> Files:
        """The same files with absolute paths."""
        return Files(*(None if path is None else path.absolute() for path in astuple(self)))


def write(files: Files, plain: Endpoint, tls: TlsEndpoint | None) -> None:
    """Write the files; raises ConfigError. The service key comes last: when it exists, all files do."""
    if tls is not None:
        issued = tls.certificates
        _write(files.ca, issued.ca, "--write-ca")
        _write(files.certificate, issued.client + issued.ca, "certificate")
        _write(files.private_key, issued.client_key, "key")
        _write(files.x509_key, json.dumps(tls.key, indent=2), "--write-x509-key")
    _write(files.service_key, json.dumps(plain.key, indent=2), "--write-service-key")


def commands(files: Files, plain: Endpoint, tls: TlsEndpoint | None) -> Iterator[str]:
    """Lines to paste into another terminal, in any folder; each line works without the others."""
    key, url, files = plain.key, plain.url, files.absolute()
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
    # No exclamation mark in double quotes: an interactive bash would expand it from its history.
    client = quote(f"{key['clientid']}:{key['clientsecret']}")
    yield _curl(f"-u {client} -d grant_type=client_credentials {quote(token_url)}", "", url)
    yield ""
    yield f"lmconform run {quote(url)} --service-key {quote(str(files.service_key))} --resource-group {_GROUP}"
    if tls is not None:
        yield from _tls_commands(files, tls)


def _tls_commands(files: Files, tls: TlsEndpoint) -> Iterator[str]:
    """The same for the client with a certificate; the variables are those of SAP's SDK (fact E3)."""
    url, client = tls.url, tls.key["clientid"]
    token_url = f"{url}{auth.PATH}"
    ca, certificate, private_key = (quote(str(f)) for f in (files.ca, files.certificate, files.private_key))
    yield ""
    yield f"with TLS: {url}/v2/lm  (new certificates at each start)"
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
    options = f"--service-key {quote(str(files.x509_key))} --ca-bundle {ca} --resource-group {_GROUP}"
    yield f"lmconform run {quote(url)} {options}"


def _exports(**variables: str) -> str:
    return "export " + " ".join(f"{name}={quote(value)}" for name, value in variables.items())


def _curl(token: str, trust: str, url: str) -> str:
    """A command that fetches a token and lists the scenarios."""
    pick = quote(r's/.*"access_token": *"\([^"]*\)".*/\1/p')
    headers = f'-H "Authorization: Bearer $TOKEN" -H "AI-Resource-Group: {_GROUP}"'
    return f"TOKEN=$(curl -sS {token} | sed -n {pick}) && curl -sS {trust}{headers} {quote(url)}/v2/lm/scenarios"


def _write(path: Path | None, text: str, option: str) -> None:
    if path is None:
        return
    try:
        private_files.write(path, text)
    except OSError as error:
        raise ConfigError(f"{option} {path}: cannot be written ({error.strerror})") from error
