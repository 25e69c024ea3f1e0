"""Certificates for tests: good ones, old ones, and those that somebody else vouches for."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, both in PEM."""

    certificate: str
    key: str


def pair(*, begin=-1, end=1, passphrase=None, names=()):
    """A certificate for 127.0.0.1 and ``names`` that vouches for itself, good from so many days on to so many."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    places = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), *map(x509.DNSName, names)]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begin))
        .not_valid_after(now + timedelta(days=end))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .sign(key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
    return Pair(made.public_bytes(serialization.Encoding.PEM).decode(), key.private_bytes(*form).decode())


def server_context(own, folder, *, clients, required=False):
    """TLS of a server that has its ``own`` pair, and knows the ``clients`` that this pair vouches for."""
    file = folder / "server.pem"
    file.write_text(own.key + own.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.load_verify_locations(cadata=clients.certificate)
    context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


def lines_of(key):
    """What of a private key is secret."""
    return [line for line in key.splitlines() if line and not line.startswith("-----")]
