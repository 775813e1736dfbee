"""A delivery goes to whoever can show the name's certificate, and to nobody else at its address."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.outbox.conftest import Post
from tests.outbox.receiver import receiving


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for a name, signed by itself; return a server's context and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    key_pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "trusted.pem").write_bytes(pem)
    (folder / "server.pem").write_bytes(key_pem + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "trusted.pem"


async def test_the_certificate_of_the_name_is_asked_for_and_believed(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trusted = certified(tmp_path, "localhost")
    asked: list[str] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with receiving(tls=tls, name="localhost") as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert (await post.once()).delivered == 1
    assert asked == ["localhost"]
    assert receiver.requests[0].headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize(("certified_for", "is_trusted"), [("other.example.org", True), ("localhost", False)])
async def test_another_names_certificate_or_an_unknown_authoritys_is_told_nothing(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certified_for: str, *, is_trusted: bool
) -> None:
    tls, trusted = certified(tmp_path, certified_for)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with receiving(tls=tls, name="localhost") as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert await post.errors() == ["WEBHOOK_UNREACHABLE"]
    assert receiver.requests == []
