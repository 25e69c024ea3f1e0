"""Client certificates (RFC 8705): judged before anything is sent, and shown only to the token endpoint."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

from urllib3.util.ssl_ import create_urllib3_context

from lmconform import private_files
from lmconform.errors import ConfigError


def check(certificate: str, private_key: str, of_certificate: str, of_key: str) -> None:
    """Raise ConfigError unless the two, in PEM, belong together and are good today.

    ``of_certificate`` and ``of_key`` are where the user finds them. A key's text is in no message.
    """
    # No other credentials need them, and they take a while.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        # The first is the client's own; those that vouch for it follow.
        first = load_pem_x509_certificates(certificate.encode())[0]
        public = first.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{of_certificate}: is no certificate in PEM (-----BEGIN CERTIFICATE-----)") from error
    try:
        key = load_pem_private_key(private_key.encode(), None)
    except TypeError as error:
        raise ConfigError(f"{of_key}: has a passphrase; give the private key without one") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{of_key}: is no private key in PEM (-----BEGIN PRIVATE KEY-----)") from error
    if key.public_key() != public:
        raise ConfigError(f"{of_key}: does not belong to the certificate; both come from one service key")
    begin, end = first.not_valid_before_utc, first.not_valid_after_utc
    now = datetime.now(UTC)
    if end < now:
        today = f"the clock of this machine says {now:%Y-%m-%d}"
        raise ConfigError(f"{of_certificate}: expired on {end:%Y-%m-%d}, {today}; create a new service key")
    if begin > now:
        raise ConfigError(f"{of_certificate}: is not valid before {begin:%Y-%m-%d %H:%M} UTC; is the clock right?")
    try:
        context(certificate, private_key)
    except ssl.SSLError as error:
        raise ConfigError(f"{of_certificate}: OpenSSL does not take it ({error.reason})") from error


def ends(certificate: str) -> float:
    """Until when a certificate in PEM is good, in seconds since 1970."""
    from cryptography.x509 import load_pem_x509_certificates

    return load_pem_x509_certificates(certificate.encode())[0].not_valid_after_utc.timestamp()


def context(certificate: str, private_key: str) -> ssl.SSLContext:
    """TLS that shows this certificate; raises ssl.SSLError. The server is verified as always."""
    made = create_urllib3_context()
    # OpenSSL reads them only from a file; the folder is private, and gone at once.
    with private_files.PrivateFolder() as folder:
        file = folder / "client.pem"
        private_files.write(file, f"{private_key.strip()}\n{certificate.strip()}\n")
        made.load_cert_chain(file)
    return made
