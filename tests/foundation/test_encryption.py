"""Encrypted columns: what is stored opens only in its own row, with a key of the ring."""

import base64
import os
import uuid

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.encryption import first_key, keyed, seal, unseal
from referral.models import AlertContent
from tests import factories as f
from tests.roles import as_role
from victims.models import ChildOpinion


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def test_bound_to_label_and_value():
    stored = seal(b"texte", label="a.b", bound="1")
    assert unseal(stored, label="a.b", bound="1") == b"texte"
    for label, bound in (("a.c", "1"), ("a.b", "2")):
        with pytest.raises(InvalidTag):
            unseal(stored, label=label, bound=bound)
    with pytest.raises(InvalidTag):
        unseal(stored[:-1] + bytes([stored[-1] ^ 1]), label="a.b", bound="1")


@pytest.mark.parametrize("typed", ["mot de passe", "bW90", "é" * 44, "", "bW90*", f"{'A' * 43}"])
def test_what_is_no_key_is_said_without_showing_it(settings, typed):
    """An operator who pasted something else reads which one it was, not the inside of a library."""
    settings.FIELD_KEYS = f"{key('k1')},k2:{typed}"
    with pytest.raises(ImproperlyConfigured, match=r"^Field key 2 must be 32 bytes in base64\.$"):
        seal(b"texte", label="a.b", bound="1")


def test_never_the_same_twice():
    texts = {seal(b"texte", label="a", bound="1") for _ in range(2000)}
    nonces = {text.partition(b"\0")[2][:12] for text in texts}
    assert len(texts) == len(nonces) == 2000


def test_the_length_of_what_is_stored_does_not_tell_which_code_it_is():
    """What a child thinks is one of five words of five lengths."""
    field, told = ChildOpinion._meta.get_field("data"), {"language": "ro", "interpreter": "independent"}
    stored = [
        field.pre_save(ChildOpinion(data={"stance": stance, **told}), add=True) for stance in ChildOpinion.Stance.values
    ]
    assert len(stored) == 5 and len({len(one) for one in stored}) == 1
    row = ChildOpinion(data={"stance": "mixed", **told})
    assert field.open(field.pre_save(row, add=True), row) == {"stance": "mixed", **told}


def test_key_ring_reads_old_writes_new(settings):
    old, new = key("k"), key("k")  # one name: the id is made of the key
    settings.FIELD_KEYS = old
    stored = seal(b"texte", label="a", bound="1")
    settings.FIELD_KEYS = f"{new},{old}"
    assert unseal(stored, label="a", bound="1") == b"texte"
    again = seal(b"texte", label="a", bound="1")
    assert unseal(again, label="a", bound="1") == b"texte"
    assert again.partition(b"\0")[0] != stored.partition(b"\0")[0]
    assert again.partition(b"\0")[0] == first_key().encode()
    settings.FIELD_KEYS = new
    with pytest.raises(KeyError):
        unseal(stored, label="a", bound="1")


def test_a_digest_is_the_same_for_one_key_only(settings):
    settings.MATCH_KEY = base64.b64encode(b"1" * 32).decode()
    one = keyed("texte")
    assert (keyed("texte"), len(one)) == (one, 32)
    assert keyed("texte ") != one
    settings.MATCH_KEY = base64.b64encode(b"2" * 32).decode()
    assert keyed("texte") != one
    settings.MATCH_KEY = ""  # as in the web process of production
    with pytest.raises(ImproperlyConfigured):
        keyed("texte")


@pytest.mark.django_db
def test_the_row_holds_no_clear_text_and_no_swap():
    f.national()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    one, two = f.draft(nurse, note="MARQUEUR-UN"), f.draft(nurse, note="MARQUEUR-DEUX")
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT alert_id, data FROM referral_alertcontent")
        rows = {alert: bytes(data) for alert, data in cursor.fetchall()}
        assert not any(b"MARQUEUR" in data for data in rows.values())
        cursor.execute("UPDATE referral_alertcontent SET data = %s WHERE alert_id = %s", [rows[one.pk], two.pk])
    with acting_as(nurse):
        assert AlertContent.objects.get(pk=one.pk).data["note"] == "MARQUEUR-UN"
        with pytest.raises(InvalidTag):
            AlertContent.objects.get(pk=two.pk).data  # noqa: B018


@pytest.mark.django_db
def test_update_cannot_write_clear_text():
    f.national()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    made = f.draft(nurse)
    with pytest.raises(TypeError, match="never update"), acting_as(nurse):
        AlertContent.objects.filter(pk=made.pk).update(data={"note": str(uuid.uuid4())})
