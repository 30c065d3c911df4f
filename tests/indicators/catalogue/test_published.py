"""What is published never changes: the database refuses, even its owner; the application only reads."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from indicators.models import Catalogue, Dimension, Indicator, Ruleset, ShortGrid, ShortGridItem
from tests.roles import as_role

pytestmark = pytest.mark.django_db

CONTENT = [Dimension, Indicator, Ruleset, ShortGrid, ShortGridItem]
TABLES = sorted(t for t in connection.introspection.django_table_names() if t.startswith("indicators_"))


def attempt(action):
    """Whether the owner may do it; undone in any case."""
    with as_role("nrm_owner"):
        try:
            with transaction.atomic():
                done = action()
                transaction.set_rollback(True)
        except IntegrityError as error:
            assert "never changes: publish a new version" in str(error)
            return False
    return done


def unpublished(code="indicators"):
    return Catalogue.objects.create(code=code, version="9", date="2027-01-01", checksum="x", reading={})


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model.__name__)
def test_published_content_refuses_every_verb(model):
    row = model.objects.first()
    text = "question_fr" if model is ShortGridItem else "label_fr"
    assert not attempt(lambda: model.objects.filter(pk=row.pk).update(**{text: "Autre"}))
    assert not attempt(lambda: model.objects.filter(pk=row.pk)._raw_delete("default"))
    row.pk = None
    code = "indicator" if model is ShortGridItem else "code"
    setattr(row, code, "NEW")
    row.order += 1000
    if model is ShortGrid:
        row.form = "new"
    assert not attempt(row.save)


@pytest.mark.parametrize("model", [Dimension, Indicator, Ruleset, ShortGrid])
def test_published_content_may_not_be_moved_to_a_draft_nor_a_draft_into_it(model):
    published = model.objects.first()

    def out():
        model.objects.filter(pk=published.pk).update(catalogue=unpublished(published.catalogue.code))
        return True

    assert not attempt(out)


def test_published_catalogue_itself():
    row = Catalogue.objects.get(code="indicators")
    rows = Catalogue.objects.filter(pk=row.pk)
    assert not attempt(lambda: rows.update(reading={}))
    assert not attempt(lambda: rows.update(published_at=None))
    assert not attempt(lambda: rows.update(version="1.0", validated_by="MIPROF"))
    assert not attempt(lambda: rows._raw_delete("default"))
    # near miss: who vouches for it, alone
    assert attempt(lambda: rows.update(validated_by="MIPROF")) == 1
    grid = ShortGrid.objects.filter(code="SG-ANY-AD")
    assert attempt(lambda: grid.update(validated_by="MIPROF")) == 1
    assert not attempt(lambda: grid.update(validated_by="MIPROF", version="0.11"))


def test_a_catalogue_not_yet_published_may_be_written():
    def write():
        draft = unpublished()
        Dimension.objects.create(
            catalogue=draft, code="a", order=1, label_fr="A", label_en="A", phase="any", scored=True
        )
        draft.dimensions.update(label_fr="B")
        draft.dimensions.all().delete()
        return Catalogue.objects.filter(pk=draft.pk).update(published_at=timezone.now())

    assert attempt(write) == 1


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
@pytest.mark.parametrize("table", TABLES)
def test_application_reads_and_never_writes(role, table):
    statements = {
        "INSERT": f"INSERT INTO {table} DEFAULT VALUES",
        "UPDATE": f"UPDATE {table} SET {primary_key(table)} = {primary_key(table)}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }
    with as_role(role), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
        for statement in statements.values():
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


def primary_key(table):
    with connection.cursor() as cursor:
        return connection.introspection.get_primary_key_column(cursor, table)


def test_a_database_error_is_what_a_forbidden_write_raises():
    """Through the ORM too: no silent zero rows."""
    with pytest.raises(DatabaseError), transaction.atomic():
        Indicator.objects.update(label_fr="x")
