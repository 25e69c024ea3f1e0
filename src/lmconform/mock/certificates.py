"""A certificate authority of one mock's own: a server that it vouches for, and a client that it knows."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# As SAP's keys have them at most; clocks of clients may be a little behind.
_LIFE = timedelta(days=365)
_BEHIND = timedelta(hours=1)
_NAMES = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates and private keys in PEM, made for one life of a mock."""

    ca: str
    server: str
    server_key: str = field(repr=False)
    client: str
    client_key: str = field(repr=False)

    def context(self) -> ssl.SSLContext:
        """How the server speaks TLS: 1.2 or later, and a client may show its certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # OpenSSL reads them from a file alone; the folder is nobody else's, and gone at once.
        with tempfile.TemporaryDirectory(prefix="lmconform-") as folder:
            file = Path(folder) / "server.pem"
            file.touch(0o600)
            file.write_text(self.server_key + self.server)
            context.load_cert_chain(file)
        context.load_verify_locations(cadata=self.ca)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


def make(host: str, client_id: str) -> Certificates:
    """A new authority, a certificate for a server at ``host`` and on this machine, and one for a client."""
    authority = _Authority()
    server, client = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    names = x509.SubjectAlternativeName([_general_name(name) for name in dict.fromkeys((*_NAMES, host))])
    return Certificates(
        ca=_pem(authority.certificate),
        server=_pem(authority.vouch("lmconform mock", server.public_key(), ExtendedKeyUsageOID.SERVER_AUTH, names)),
        server_key=_key(server),
        client=_pem(authority.vouch(client_id, client.public_key(), ExtendedKeyUsageOID.CLIENT_AUTH)),
        client_key=_key(client),
    )


class _Authority:
    """Signs certificates; its key is nowhere but here."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("lmconform mock CA")
        usage = _usage(sign=False, vouch=True)
        self.certificate = (
            _blank(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def vouch(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        purpose: x509.ObjectIdentifier,
        names: x509.SubjectAlternativeName | None = None,
    ) -> x509.Certificate:
        """A certificate for ``key`` that serves this purpose alone."""
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = (
            _blank(_name(name), self._name, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=True, vouch=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(identifier, critical=False)
        )
        if names is not None:
            made = made.add_extension(names, critical=False)
        return made.sign(self._key, hashes.SHA256())


def _blank(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEHIND)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, sign: bool, vouch: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        key_cert_sign=vouch,
        crl_sign=vouch,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
