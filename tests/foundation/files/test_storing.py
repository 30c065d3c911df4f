"""One store, in a folder or a service that speaks S3: what is put is got, replaced and deleted, or it is said."""

import os
import shutil
import socket
import stat
import time
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import InvalidStorageError
from moto.server import ThreadedMotoServer

from foundation.files import storing
from foundation.files.storing import Missing, store
from referral.config import files

KEYS = {"FILES_S3_KEY_ID": "key", "FILES_S3_SECRET": "not a secret", "FILES_S3_REGION": "fr-par"}


@pytest.fixture(scope="module")
def service():
    """Serve S3 on the loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(service, monkeypatch):
    """Name a bucket of the service in the environment, as production does; return how to look into it."""
    for name, value in (KEYS | {"FILES_S3_BUCKET": "papers", "FILES_S3_ENDPOINT": service}).items():
        monkeypatch.setenv(name, value)
    client = boto3.client(
        "s3",
        endpoint_url=service,
        region_name="fr-par",
        aws_access_key_id="key",
        aws_secret_access_key="not a secret",  # noqa: S106
    )
    client.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "fr-par"})
    yield client
    for one in client.list_objects_v2(Bucket="papers").get("Contents", []):
        client.delete_object(Bucket="papers", Key=one["Key"])
    client.delete_bucket(Bucket="papers")


@pytest.fixture(params=["folder", "service"])
def kept(request, settings, tmp_path, monkeypatch):
    """Hand out a store of each kind."""
    if request.param == "service":
        request.getfixturevalue("bucket")
    else:
        monkeypatch.setenv("FILES_DIR", str(tmp_path / "files"))
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    return store()


def test_what_is_put_is_got_and_deleted(kept):
    name = kept.put(b"sealed")
    other = kept.put(b"sealed")
    assert name != other
    assert len(name) == 35  # two letters, a slash, 32 drawn: nothing of the file or its row
    assert kept.get(name) == kept.get(other) == b"sealed"
    assert sorted(kept.names()) == sorted([name, other])
    kept.delete(name)
    with pytest.raises(Missing):
        kept.get(name)
    assert kept.get(other) == b"sealed"
    kept.delete(name)  # deleted already


def test_a_file_is_replaced_under_its_name(kept):
    name = kept.put(b"former")
    assert kept.replace(name, b"new, and longer") == name
    assert kept.get(name) == b"new, and longer"
    assert list(kept.names()) == [name]


def test_an_empty_store_has_no_names(kept):
    assert list(kept.names()) == []


def test_a_large_file_comes_back_whole(kept):
    content = os.urandom(15_100_000)
    assert kept.get(kept.put(content)) == content


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("FILES_DIR", str(tmp_path / "files"))
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    return tmp_path / "files"


def test_a_folder_is_of_this_account_alone(folder):
    name = store().put(b"sealed")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, (folder / name).parent, folder / name)}
    assert list(modes.values()) == [0o700, 0o700, 0o600]


def test_a_disk_that_is_full_leaves_no_half_of_a_file(folder, monkeypatch):
    kept = store()
    name = kept.put(b"former")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        kept.put(b"new")
    with pytest.raises(OSError, match="No space left"):
        kept.replace(name, b"new")
    monkeypatch.undo()
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in left] == [b"former"]


def test_a_name_that_climbs_out_of_the_folder_is_refused(folder):
    kept = store()
    kept.put(b"sealed")
    (folder.parent / "outside").write_bytes(b"another's")
    for climbing in ("../outside", "aa/../../outside", str(folder.parent / "outside")):
        for ask in (kept.get, kept.delete, lambda name: kept.replace(name, b"x")):
            with pytest.raises(Exception, match="outside|suspicious|path"):
                ask(climbing)
    assert (folder.parent / "outside").read_bytes() == b"another's"


def test_a_deletion_that_fails_is_not_silenced(folder, monkeypatch):
    kept = store()
    name = kept.put(b"sealed")

    def stuck(path):
        raise PermissionError(path)

    monkeypatch.setattr(os, "remove", stuck)
    with pytest.raises(PermissionError):
        kept.delete(name)
    monkeypatch.undo()
    assert kept.get(name) == b"sealed"


def test_a_service_that_is_away_is_not_silenced(bucket, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("FILES_S3_ENDPOINT", "http://127.0.0.1:9")
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    for ask in (lambda: store().put(b"x"), lambda: store().get("aa/bb"), lambda: store().delete("aa/bb")):
        with pytest.raises((BotoCoreError, ClientError)):
            ask()


def test_a_service_that_hangs_is_left_after_two_tries(bucket, settings, tmp_path, monkeypatch):
    """A thread of a web waits for it: seconds and not minutes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("FILES_S3_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        settings.STORAGES = files.storages(tmp_path, hashed=False)
        options = settings.STORAGES["files"]["OPTIONS"]
        given = options["client_config"]
        assert given.connect_timeout <= 5 and given.read_timeout <= 15
        options["client_config"] = given.merge(Config(read_timeout=0.3))
        begun = time.monotonic()
        with pytest.raises(BotoCoreError):
            store().get("aa/" + "a" * 32)
        assert time.monotonic() - begun < 8


def test_a_disk_that_is_nearly_full_takes_no_file(folder, monkeypatch):
    assert store().has_room()
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=storing.RESERVE))
    assert not store().has_room()


def test_a_service_without_the_bucket_is_not_a_file_that_is_missing(bucket, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("FILES_S3_BUCKET", "another")
    settings.STORAGES = files.storages(tmp_path, hashed=False)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store().put(b"x")


def test_the_secret_of_the_service_may_stand_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("of the file\n")
    monkeypatch.setenv("FILES_S3_BUCKET", "papers")
    monkeypatch.setenv("FILES_S3_SECRET_FILE", str(tmp_path / "secret"))
    assert files.storages(tmp_path, hashed=False)["files"]["OPTIONS"]["secret_key"] == "of the file"


def test_the_folder_stands_in_the_state_unless_it_is_named(monkeypatch):
    monkeypatch.delenv("FILES_DIR", raising=False)
    monkeypatch.setenv("STATE_DIR", "/elsewhere")
    assert files.storages(Path("/root"), hashed=False)["files"]["OPTIONS"]["location"] == "/elsewhere/files"
    monkeypatch.setenv("FILES_DIR", "/named")
    assert files.storages(Path("/root"), hashed=False)["files"]["OPTIONS"]["location"] == "/named"


def test_an_installation_without_a_store_says_so(settings):
    settings.STORAGES = {name: kind for name, kind in settings.STORAGES.items() if name != "files"}
    with pytest.raises(InvalidStorageError):
        store().put(b"x")
