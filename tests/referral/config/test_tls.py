"""What a process of another host says to the database and to Redis: over TLS with whom it trusts, or not at all."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import SimpleNamespace
from urllib.parse import quote

import psycopg2
import pytest
import redis
import trustme
from celery import Celery
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from foundation.backups import taking
from referral.config import environment
from referral.config.environment import broker, database

ASKS_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # SSLRequest of PostgreSQL's protocol
SECRET = "MARQUEUR-MOT-DE-PASSE"


@contextmanager
def server(certificate, *, postgres: bool, offers: bool = True) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a server of one connection after another, and what each client said once TLS stood, or in
    clear when it `offers` none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with suppress(OSError):
            while True:
                client, _where = listening.accept()
                client.settimeout(5)
                with client, suppress(OSError):
                    if postgres:
                        assert client.recv(8) == ASKS_FOR_TLS
                        client.sendall(b"S" if offers else b"N")
                    if not offers:
                        heard.append(client.recv(1000))
                        continue
                    with context.wrap_socket(client, server_side=True) as safe:
                        heard.append(safe.recv(1000))

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """Return our authority, and the file by which a process trusts it."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return authority, str(file)


OTHERS = {
    "ours": (lambda authority: authority.issue_cert("localhost"), True),
    "another authority": (lambda _authority: trustme.CA().issue_cert("localhost"), False),
    "another name": (lambda authority: authority.issue_cert("elsewhere.example"), False),
}


def to_database(port: int, file: str) -> dict:
    url = f"postgresql://nrm_app:{SECRET}@localhost:{port}/nrm?sslmode=verify-full&sslrootcert={quote(file)}"
    entry = database(url, "app")
    assert entry["OPTIONS"]["options"], "the limits stay beside it"
    named = {"host": entry["HOST"], "port": entry["PORT"], "user": entry["USER"], "password": entry["PASSWORD"]}
    return named | entry["OPTIONS"] | {"dbname": entry["NAME"], "connect_timeout": 5}


@pytest.mark.parametrize("whose", OTHERS)
def test_database_is_told_who_comes_only_where_its_certificate_is_the_one_expected(ours, whose):
    make, trusted = OTHERS[whose]
    # this server is none, whatever its certificate
    with server(make(ours[0]), postgres=True) as (port, heard), pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(**to_database(port, ours[1]))
    assert (b"nrm_app" in b"".join(heard)) is trusted


def test_programs_that_take_backups_are_told_what_the_address_says(monkeypatch):
    """They speak to the server themselves, of the whole database: libpq would take any certificate, or none."""
    entry = database(
        f"postgresql://nrm_backup:{SECRET}@db.example/nrm?sslmode=verify-full&sslrootcert=/a/b.pem", "owner"
    )
    monkeypatch.setattr(taking, "connections", {"backup": SimpleNamespace(settings_dict=entry)})
    assert taking.address() == {
        "PGHOST": "db.example", "PGUSER": "nrm_backup", "PGPASSWORD": SECRET,
        "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/a/b.pem",
    }  # fmt: skip


def test_database_without_tls_is_told_nothing(ours):
    certificate = ours[0].issue_cert("localhost")
    with server(certificate, postgres=True, offers=False) as (port, heard), pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(**to_database(port, ours[1]))
    assert b"".join(heard) == b""


def cache(url: str) -> None:
    redis.Redis.from_url(url, socket_timeout=3, retry=None).ping()


def celery(url: str) -> None:
    app = Celery(broker=url)
    app.conf.broker_transport_options = {"socket_timeout": 3}
    with app.connection() as connection:
        connection.ensure_connection(max_retries=0, timeout=5)


@pytest.mark.parametrize("client", [cache, celery])
@pytest.mark.parametrize("whose", OTHERS)
def test_redis_is_told_the_password_only_where_its_certificate_is_the_one_expected(ours, whose, client):
    make, trusted = OTHERS[whose]
    with server(make(ours[0]), postgres=False) as (port, heard):
        url = broker(f"rediss://web:{SECRET}@localhost:{port}/0?ssl_ca_certs={quote(ours[1])}")
        with pytest.raises((redis.ConnectionError, OperationalError)):
            client(url)
    assert (SECRET.encode() in b"".join(heard)) is trusted


def test_an_address_without_tls_stays_as_it_is():
    assert broker("redis://web@redis:6379/0") == "redis://web@redis:6379/0"
    assert "sslmode" not in database("postgresql://nrm_app@postgres/nrm", "app")["OPTIONS"]


@pytest.mark.parametrize("said", ["ssl_cert_reqs=none", "ssl_check_hostname=false", "ssl_cert_reqs=optional"])
def test_an_address_that_trusts_anybody_is_refused(said):
    with pytest.raises(ImproperlyConfigured):
        broker(f"rediss://web@redis:6379/0?{said}")


@pytest.mark.parametrize(
    "said", ["sslmode=require", "sslmode=prefer&sslrootcert=/a", "sslmode=verify-full", "sslrootcert=/a"]
)
def test_a_database_that_may_be_anybody_is_refused(said):
    with pytest.raises(ImproperlyConfigured):
        database(f"postgresql://nrm_app@elsewhere/nrm?{said}", "app")


@pytest.mark.parametrize(
    ("url", "taken"), [("", True), ("https://sms.example/send", True), ("http://sms.example/send", False)]
)
def test_telephone_numbers_are_told_over_tls(monkeypatch, url, taken):
    monkeypatch.setattr(environment, "DEVELOPMENT", False)
    monkeypatch.setenv("SMS_URL", url)
    with nullcontext() if taken else pytest.raises(ImproperlyConfigured):
        assert environment.text_messages()[0] == url
