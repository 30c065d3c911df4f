"""Production on the distribution's own PostgreSQL and Valkey or Redis, where they are installed: the story, once."""

import pytest

from .acts import alert_answered, founded, superuser
from .installation import OLDEST, Installation, of_the_system

pytestmark = [pytest.mark.long, pytest.mark.proof]
SERVERS = of_the_system()


@pytest.mark.skipif(SERVERS is None, reason=f"no PostgreSQL {OLDEST} or later with Valkey or Redis of the system here")
def test_an_alert_is_answered_on_the_programs_of_the_distribution():
    nowhere = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "9", "EMAIL_SECURITY": ""}
    made = Installation(SERVERS, **nowhere, DEFAULT_FROM_EMAIL="repere@exemple.invalid")
    try:
        made.up()
        people = founded(made)
        assert alert_answered(people["author"], people["une"])
        with superuser(made) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('data_directory'), datlocprovider FROM pg_database WHERE datname = 'nrm'"
            )
            assert cursor.fetchone() == (str(made.place / "postgres"), "b")
        connection.close()
        assert made.healthcheck("redis").returncode == made.healthcheck("postgres").returncode == 0
    finally:
        made.down()
