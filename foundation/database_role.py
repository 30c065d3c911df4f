"""Refuse to start with a database role that bypasses row security."""

from django.core.exceptions import ImproperlyConfigured

POWERFUL = """
SELECT r.rolsuper OR r.rolbypassrls
    OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname IN ('public', 'journal_months') AND c.relkind IN ('r', 'p')
                 AND pg_has_role(r.oid, c.relowner, 'USAGE'))
FROM pg_roles r WHERE r.rolname = current_user
"""


def refuse_powerful_role(sender, connection, **kwargs):
    """Raise ImproperlyConfigured when the role of a new connection may bypass row security.

    Applies to the aliases `default` and `replica`: no superuser, no BYPASSRLS, no owner of a table. A signal and not a
    system check, because checks tagged `database` do not run under a web server. Commands that need the owner (migrate)
    connect through the alias `owner`.
    """
    if connection.alias not in ("default", "replica") or connection.settings_dict.get("NRM_ALLOW_OWNER"):
        return
    with connection.cursor() as cursor:
        cursor.execute(POWERFUL)
        row = cursor.fetchone()
    if row and row[0]:
        connection.close()
        raise ImproperlyConfigured(
            "The database role of the application owns tables or bypasses row security. "
            "Give DATABASE_URL the role nrm_app (worker: WORKER_DATABASE_URL, nrm_worker); "
            "the owner's address belongs in DATABASE_OWNER_URL, in the migrate job only."
        )
