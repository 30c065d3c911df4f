"""A mail relay that asks for a name, a password and encryption: a real one, reached by the settings of production."""

import datetime
import os
import ssl
import subprocess
import sys
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from dev.services.embedded import free_port

SEND = """
import django; django.setup()
from django.core.mail import EmailMessage, mailers
sent = mailers["default"].send_messages([EmailMessage("ABCD-EFGH", "Connectez-vous.", to=["x@exemple.invalid"])])
print("sent", sent)
"""


@pytest.fixture
def certificate(tmp_path):
    """Return the file of a certificate for 127.0.0.1, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relais d'essai")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    file = tmp_path / "relais.pem"
    parts = [
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    ]
    file.write_bytes(b"".join(parts))
    return file


class Relay:
    """Keep what comes after the right name and password."""

    def __init__(self):
        self.messages, self.asked = [], []

    async def handle_DATA(self, server, session, envelope):
        assert session.authenticated
        self.messages.append(envelope.rcpt_tos)
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.asked.append(data.login)
        right = (data.login, data.password) == (b"repere", b"mot-de-passe")
        return AuthResult(success=right, handled=right)


@contextmanager
def listening(certificate, how: str):
    """Yield a relay that asks for a password behind encryption: `starttls`, or `tls` from the first byte (port 465)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    handler = Relay()
    options = {
        "starttls": {"tls_context": context, "require_starttls": True, "auth_required": True},
        # aiosmtpd counts only its own STARTTLS as encryption; the socket of this one takes nothing in clear
        "tls": {"ssl_context": context, "auth_required": True, "auth_require_tls": False},
    }[how]
    handler.port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=handler.port, authenticator=handler.authenticate, **options)
    server.start()
    try:
        yield handler
    finally:
        server.stop()


def send(certificate, **env) -> subprocess.CompletedProcess:
    """Send a mail from a process that reads these settings from its environment, as production does."""
    base = {k: v for k, v in os.environ.items() if not k.startswith("EMAIL_")}
    base |= {"DJANGO_SETTINGS_MODULE": "referral.config.settings", "SSL_CERT_FILE": str(certificate)}
    command = [sys.executable, "-c", SEND]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=base | env, capture_output=True, text=True)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_mail_leaves_by_a_relay_that_asks_for_a_password(certificate, how):
    with listening(certificate, how) as relay:
        account = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(relay.port), "EMAIL_SECURITY": how}
        right = send(certificate, EMAIL_USER="repere", EMAIL_PASSWORD="mot-de-passe", **account)
        assert "sent 1" in right.stdout, right.stderr
        assert relay.messages == [["x@exemple.invalid"]]
        wrong = send(certificate, EMAIL_USER="repere", EMAIL_PASSWORD="autre", **account)
        assert wrong.returncode and "SMTPAuthenticationError" in wrong.stderr
        unknown = send("/dev/null", EMAIL_USER="repere", EMAIL_PASSWORD="mot-de-passe", **account)
        assert unknown.returncode and "CERTIFICATE_VERIFY_FAILED" in unknown.stderr, "it cannot prove its name"
        assert len(relay.messages) == 1


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_neither_encryption_is_the_other(certificate):
    """The wrong one of the two fails, and sends neither password nor mail: it never goes on in clear."""
    for asked, spoken in (("starttls", "tls"), ("tls", "starttls")):
        with listening(certificate, spoken) as relay:
            account = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(relay.port), "EMAIL_SECURITY": asked}
            found = send(certificate, EMAIL_USER="repere", EMAIL_PASSWORD="mot-de-passe", **account)
            assert found.returncode and not relay.messages and not relay.asked, (asked, found.stderr)


def test_password_never_leaves_in_clear(certificate):
    refused = send(certificate, EMAIL_HOST="127.0.0.1", EMAIL_USER="repere", EMAIL_PASSWORD="mot-de-passe")
    assert refused.returncode and "EMAIL_PASSWORD would be sent in clear" in refused.stderr
    unknown = send(certificate, EMAIL_HOST="127.0.0.1", EMAIL_SECURITY="oui")
    assert unknown.returncode and "EMAIL_SECURITY is starttls, tls or empty" in unknown.stderr
