"""A certificate authority created for one mock, with certificates for its server and one client."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lmconform import private_files

# The longest validity of certificates in SAP's service keys.
_VALIDITY = timedelta(days=365)
# The clock of a client may be behind.
_CLOCK_SKEW = timedelta(hours=1)
_NAMES = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates and private keys in PEM, created when a mock starts."""

    ca: str
    server: str
    server_key: str = field(repr=False)
    client: str
    client_key: str = field(repr=False)

    def context(self) -> ssl.SSLContext:
        """The TLS settings of the server: TLS 1.2 or later; a client certificate is optional."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # OpenSSL reads a key pair only from a file; the folder is private and removed at once.
        with private_files.PrivateFolder() as folder:
            file = folder / "server.pem"
            private_files.write(file, self.server_key + self.server)
            context.load_cert_chain(file)
        context.load_verify_locations(cadata=self.ca)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


def make(host: str, client_id: str) -> Certificates:
    """Create an authority, a certificate for a server at ``host`` and loopback names, and one for the client."""
    authority = _Authority()
    server, client = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    names = x509.SubjectAlternativeName([_general_name(name) for name in dict.fromkeys((*_NAMES, host))])
    return Certificates(
        ca=_pem(authority.certificate),
        server=_pem(authority.sign("lmconform mock", server.public_key(), ExtendedKeyUsageOID.SERVER_AUTH, names)),
        server_key=_key(server),
        client=_pem(authority.sign(client_id, client.public_key(), ExtendedKeyUsageOID.CLIENT_AUTH)),
        client_key=_key(client),
    )


class _Authority:
    """Signs certificates; its private key is kept in memory only."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("lmconform mock CA")
        usage = _usage(sign=False, ca=True)
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def sign(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        purpose: x509.ObjectIdentifier,
        names: x509.SubjectAlternativeName | None = None,
    ) -> x509.Certificate:
        """A certificate for ``key`` that is valid only for this extended key usage."""
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            _builder(_name(name), self._name, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=True, ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(identifier, critical=False)
        )
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, sign: bool, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        key_cert_sign=ca,
        crl_sign=ca,
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
