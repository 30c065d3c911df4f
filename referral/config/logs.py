"""Write logs as JSON in production, a line each, without anything a person wrote.

Our own messages hold ids, counts and names of routes only. What other packages log may hold an address, a value or the
text of an error, so of their lines the template is kept and its arguments are not; of an error its types and places.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import extract_tb
from types import TracebackType

from foundation.actor import REQUEST_ID

OWN = {"agencies", "foundation", "indicators", "journal", "notifications", "plans", "referral", "victims"}
FRAMES = 20


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if _is_own(record) else str(record.msg),
            "request": REQUEST_ID.get(),
            "process": record.process,
        }
        task = getattr(record, "data", None)  # of Celery: also arguments and results, which are not taken
        if isinstance(task, dict):
            said["task"] = f"{task.get('name')}[{task.get('id')}]"
        if record.exc_info and record.exc_info[1]:
            said["errors"] = errors(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)


def _is_own(record: logging.LogRecord) -> bool:
    """Return whether the message is ours, or one of gunicorn about its processes."""
    started = record.name == "gunicorn.error" and record.levelno < logging.ERROR
    return started or record.name.partition(".")[0] in OWN


def errors(error: BaseException | None) -> list[dict]:
    """Return type, code of PostgreSQL and places of an error and its causes; never their text, which holds values."""
    found = []
    while error is not None and len(found) < 5:
        frames = extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        found.append({"type": type(error).__name__, "code": getattr(error, "pgcode", None), "at": places})
        error = error.__cause__ or error.__context__
    return found


def last_word(kind: type[BaseException], error: BaseException, places: TracebackType | None) -> None:
    """Write what ends a process as a line of the log: takes the place of the traceback, whose text holds values."""
    if issubclass(kind, KeyboardInterrupt):
        return
    record = logging.LogRecord(__name__, logging.CRITICAL, __file__, 0, "ended", (), (kind, error, places))
    sys.stderr.write(f"{JsonFormatter().format(record)}\n")


HANDLERS = {
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "referral.config.logs.JsonFormatter"},
    },
    "handlers": {
        "plain": {"class": "logging.StreamHandler", "formatter": "plain"},
        "json": {"class": "logging.StreamHandler", "formatter": "json"},
    },
}


def configuration(handler: str) -> dict:
    """Return LOGGING of Django, which Celery takes over: `plain` on a developer's machine, `json` in production."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        **HANDLERS,
        "root": {"handlers": [handler], "level": "WARNING"},
        "loggers": {
            "foundation.middleware": {"level": "INFO"},
            # its messages repeat the request's path; ours say the route (foundation/middleware.py, refusals.py)
            "django.request": {"level": "CRITICAL"},
        },
    }


def of_gunicorn() -> dict:
    """Return its configuration of logging in production."""
    errors_of_it = {"level": "INFO", "handlers": ["json"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        **HANDLERS,
        "root": {"handlers": ["json"], "level": "WARNING"},
        "loggers": {"gunicorn.error": errors_of_it},
    }
