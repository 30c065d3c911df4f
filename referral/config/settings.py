"""Settings. Values come from the environment; unsafe ones are refused outside development."""

import base64
import os
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy

from . import files, logs
from .budgets import READ_BUDGETS as READ_BUDGETS
from .environment import DEVELOPMENT, address, broker, database, oidc, sandboxes, secret, text_messages, value

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("STATE_DIR") or BASE_DIR / ".state")
# Error pages of Django stay off even in development: they print settings and values of a view, decrypted ones too.
DEBUG = False

SECRET_KEY = secret("SECRET_KEY", "development-only-" + "0" * 50)
# Former ones, "one,two": what they signed (sessions, proofs of a browser) is still accepted. Nothing that is stored is
# found by SECRET_KEY: digests have keys made of FIELD_KEYS (foundation/encryption.py).
SECRET_KEY_FALLBACKS = [key for key in value("SECRET_KEY_FALLBACKS").split(",") if key]
_DEV_KEY = base64.b64encode(b"development-only-0123456789abcde").decode()
# Key ring of encrypted columns: "base64,base64", each with a name before a colon if wanted; the first one encrypts, all
# of them decrypt. journal/operations.py refuses a ring that lacks a key of this database.
FIELD_KEYS = secret("FIELD_KEYS", f"dev:{_DEV_KEY}")
# Key of the digests of identities, by which the worker finds possible duplicates. Only the worker needs it.
MATCH_KEY = value("MATCH_KEY", _DEV_KEY if DEVELOPMENT else "")
# Private key that signs checkpoints of the journal, and the folder outside of the database where they are written:
# only the worker needs them (journal/rules.py).
JOURNAL_KEY = value("JOURNAL_KEY", _DEV_KEY if DEVELOPMENT else "")
JOURNAL_FORMER_KEYS = [key for key in value("JOURNAL_FORMER_KEYS").split(",") if key]  # public
JOURNAL_CHECKPOINTS = os.environ.get("JOURNAL_CHECKPOINTS") or STATE_DIR / "checkpoints"
MATCH_ALARM = int(os.environ.get("MATCH_ALARM", "8"))  # matches of one account in a day that alert two others
# Public policy: days within which a contribution gets an answer, or a reason.
CONTRIBUTION_ANSWER_DAYS = int(os.environ.get("CONTRIBUTION_ANSWER_DAYS", "30"))
CONTRIBUTION_REMINDER_DAYS = int(os.environ.get("CONTRIBUTION_REMINDER_DAYS", "7"))  # days before the end of that time
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
# Addresses and networks of the proxies in front, whose X-Forwarded-For is read (foundation/middleware.py).
TRUSTED_PROXIES = [ip_network(p.strip()) for p in os.environ.get("TRUSTED_PROXIES", "").split(",") if p.strip()]
# Networks, beside this host, that may ask /metrics on HEALTH_PORT (serving.py); none: the port is bound to this host.
METRICS_FROM = [ip_network(p.strip()) for p in os.environ.get("METRICS_FROM", "").split(",") if p.strip()]
SITE_URL = os.environ.get("SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")

INSTALLED_APPS = [
    "foundation",
    "agencies",
    "journal",
    "notifications",
    "indicators",
    "plans",
    "victims",
    "referral",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "pgtrigger",
    "pghistory",
    "django_filters",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "allauth",
    "allauth.account",  # its models are imported by the next, and not used
    "allauth.mfa",
]
ADMIN_ENABLED = os.environ.get("ADMIN_ENABLED") == "1"  # catalogues and agencies only, never a case table
if DEVELOPMENT and find_spec("dev"):  # not in the production image
    INSTALLED_APPS.append("dev")
if ADMIN_ENABLED:
    INSTALLED_APPS.append("django.contrib.admin")

# The session is outside the transaction: saved after the commit, and also after a rollback.
MIDDLEWARE = [
    "referral.config.health.HealthMiddleware",
    "referral.config.metrics.MetricsMiddleware",
    "foundation.middleware.RequestIdMiddleware",
    "foundation.middleware.ErrorHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "referral.sandbox.middleware.SandboxMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "foundation.middleware.PrivatePagesMiddleware",
    # before anything reads a body
    "referral.config.bodies.BodyMiddleware",
    "foundation.idempotent_forms.SentOnceMiddleware",
    "journal.middleware.TransactionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "journal.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # a session whose second factor is owed reaches nothing but that, and a danger to life
    "referral.factors.middleware.FactorMiddleware",
    "referral.charter.middleware.CharterMiddleware",
    # what was typed before a session ended is kept before the sign-in page is shown
    "agencies.kept.middleware.KeptFormMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # closed by default: a view says when it is public
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # refusals of the domain as pages 403 and 409
    "referral.config.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "referral.config.urls"
WSGI_APPLICATION = "referral.config.wsgi.application"
FORM_RENDERER = "foundation.styles.controls.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"i18n": "foundation.templatetags.translated"},
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "referral.public.display.page",
            ],
        },
    },
]


# app: serves people; worker: does due and periodic work. Only the migrate job has the address of the owner.
NRM_ROLE = os.environ.get("NRM_ROLE", "app")
_url = address("WORKER_DATABASE" if NRM_ROLE == "worker" else "DATABASE")
_owner = address("DATABASE_OWNER")
_role = "owner" if _owner and not _url else NRM_ROLE
# 1: the address leads to PgBouncer in transaction mode (docs/operation.md). Never that of the owner.
DATABASE_POOLED = os.environ.get("DATABASE_POOLED") == "1"
DATABASES = {"default": database(_url or _owner or "postgresql://nrm_app@localhost/nrm", _role, pooled=DATABASE_POOLED)}
if _owner:
    DATABASES["owner"] = database(_owner, "owner")
if _backup := address("BACKUP_DATABASE"):
    DATABASES["backup"] = database(_backup, "owner")
# A streaming replica that public pages are read from (replica.py); none: from the primary.
if _replica := address("DATABASE_REPLICA"):
    DATABASES["replica"] = database(_replica, "app")
    DATABASES["replica"]["OPTIONS"] |= {"connect_timeout": 2, "tcp_user_timeout": 5000}
    DATABASE_ROUTERS = ["referral.config.replica.Router"]
    MIDDLEWARE.append("referral.config.replica.ReplicaMiddleware")
SANDBOX_TEMPLATE, SANDBOX_DATABASE, SANDBOX_MOST, SANDBOX_MEGABYTES = sandboxes(pooled=DATABASE_POOLED)
# Where base backups and WAL are kept, and the programs of PostgreSQL when they are not on the path.
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or STATE_DIR / "backups")
POSTGRES_BIN = os.environ.get("POSTGRES_BIN", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "agencies.User"
OAUTH2_PROVIDER_APPLICATION_MODEL = "agencies.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "referral.api.views.token.ScopesOfProgram",
    "OAUTH2_VALIDATOR_CLASS": "referral.api.views.token.EitherSecret",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ACCESS_TOKEN_GENERATOR": "referral.api.middleware.tokens.new_token",
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
    # store only digests of tokens: a copy of the database must not give access to the API
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # RFC 9700: client credentials only; tokens in the header only, never in an address
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
ANONYMOUS_USER_NAME = None
# guardian describes who sees a case, and never authorises a user: no backend. `i18n` of templates is ours, which holds
# Django's (foundation/templatetags/translated.py).
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "templates.W003"]
PASSWORD_HASHERS = ["agencies.accounts.rules.Argon2"]
# Whether this web hashes passwords: empty, beside all else; `elsewhere`, never; `only`, for the others (decision 88).
HASHING = os.environ.get("HASHING", "")
if HASHING not in ("", "elsewhere", "only"):
    raise ImproperlyConfigured("HASHING is elsewhere, only or empty.")
if HASHING == "only":
    # before anything asks the database
    _first = MIDDLEWARE.index("referral.sandbox.middleware.SandboxMiddleware")
    MIDDLEWARE.insert(_first, "referral.config.turns.TurnMiddleware")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "agencies.accounts.rules.NotAboutOneself"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "agencies.accounts.rules.NotCommon"},
    {"NAME": "agencies.accounts.rules.HardToGuess"},
]
# Second factors: TOTP, passkeys and recovery codes of django-allauth (decision 60). A passkey asks for a finger, a face
# or a PIN, so that it is enough by itself.
MFA_ADAPTER = "referral.factors.rules.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Repère"
MFA_TOTP_TOLERANCE = 1  # a clock half a minute away, a code typed slowly
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_RATE_LIMITS = False  # tries are counted in the database (decision 49)
OIDC = oidc()  # the sign-in of the State's staff, beside our own; None: no button, no route
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

REDIS_URL = broker(address("REDIS", "redis://localhost:6379/0"))
# without limits of time a request would wait for ever for a server that hangs
CACHES = {
    "default": {
        "BACKEND": "foundation.cache.ImpatientCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"serializer": "foundation.cache.Json", "socket_timeout": 1, "socket_connect_timeout": 1},
        "KEY_FUNCTION": "foundation.statements.sandbox.cache_key",
    }
}
SESSION_ENGINE = "foundation.sessions"  # writes only what a request changed
SESSION_COOKIE_AGE = 15 * 60  # without activity
SESSION_LIFE = 12 * 3600  # however much it is used
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "agencies.kept.views.refused_token"

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120, "socket_timeout": 3, "socket_connect_timeout": 3}
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
# Queues, so that nothing slow holds back what a person's life may hang on. Production gives `due` and `sweep` a process
# that sends no mail, `vital`, `mail` and `hooks` one each (docker-compose.yml, dev/services/supervisor.py).
TASK_QUEUE = os.environ.get("TASK_QUEUE", "repere")
QUEUES = {name: f"{TASK_QUEUE}-{name}" for name in ("due", "sweep", "vital", "mail", "bulk", "hooks", "work")}
CELERY_TASK_DEFAULT_QUEUE = QUEUES["work"]
CELERY_CONTROL_EXCHANGE = TASK_QUEUE  # a ping asks the workers of this installation, not all those of the broker
_SCHEDULE = {  # kind of due work: queue, task, seconds between two runs
    "due": ("due", "referral.tasks.due", 30),
    "clocks": ("due", "referral.tasks.clocks", 60),
    "ended-grants": ("due", "victims.access.tasks.end_due_grants", 60),
    "fan-out": ("sweep", "notifications.tasks.sweep", 15),
    "unsent": ("sweep", "notifications.tasks.unsent", 30),
    "measure": ("sweep", "referral.tasks.measure", 30),
    "seal": ("sweep", "journal.tasks.seal", 60),
    "erasures": ("sweep", "referral.erasure.tasks.write_register", 60),
    "hooks": ("hooks", "notifications.tasks.hooks", 5),
    "exports": ("work", "referral.exports.tasks.exports", 15),
    "imports": ("work", "referral.imports.tasks.work", 15),
    "sandboxes": ("work", "referral.sandbox.tasks.keep", 15),
    "files": ("work", "victims.files.tasks.files", 15),
    "lost-files": ("work", "victims.files.tasks.sweep", 3600),
    "openings": ("work", "plans.participation.tasks.openings", 3600),
    "answers-due": ("work", "plans.participation.tasks.answers_due", 3600),
    "evidence": ("work", "plans.tasks.remind_evidence", 3600),
    "yearly": ("work", "plans.tasks.yearly", 3600),
    "figures": ("work", "referral.tasks.figures", 3600),
    "policy-figures": ("work", "referral.tasks.policy_figures", 3600),
    "forget": ("work", "referral.tasks.forget", 3600),
    "forget-entries": ("work", "journal.tasks.forget", 3600),
    "verify-journal": ("work", "journal.tasks.verify", 86400),
    "forget-tables": ("work", "referral.imports.tasks.forget_tables", 3600),
    "forget-kept": ("work", "agencies.kept.tasks.forget_kept", 300),
    "compare-identities": ("work", "referral.tasks.compare_identities", 60),
    "open-data": ("work", "plans.tasks.release", 120),
}
CELERY_TASK_ROUTES = {name: {"queue": QUEUES[queue]} for queue, name, _ in _SCHEDULE.values()}
# a run that no worker took before the next one is dropped: runs do not pile up behind a slow one
CELERY_BEAT_SCHEDULE = {
    kind: {
        "task": name,
        "schedule": float(seconds),
        "options": {"expires": seconds, "headers": {"nrm_kind": kind}},  # by which the worker writes its heartbeat
    }
    for kind, (_, name, seconds) in _SCHEDULE.items()
}
# three kinds that only say that a process reads these queues; in `bulk` it stands behind what was handed over of a
# mailing, which the broker drops after a minute (HANDED_OVER)
for _queue, _every, _expires in (("vital", 30, 30), ("mail", 30, 30), ("bulk", 60, 120)):
    CELERY_BEAT_SCHEDULE[f"{_queue}-mails"] = {
        "task": "notifications.tasks.pulse",
        "schedule": float(_every),
        "options": {"queue": QUEUES[_queue], "expires": _expires, "headers": {"nrm_kind": f"{_queue}-mails"}},
    }
CELERY_BEAT_SCHEDULER = "referral.config.heartbeats.Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 2  # seconds

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["referral.api.middleware.authentication.ServiceAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["referral.api.middleware.authentication.Refuse"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "referral.api.middleware.authentication.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Repere",
    "SERVERS": [{"url": "/"}],
    "DESCRIPTION": "National referral mechanism: alerts, cases and referrals under the rights of one agency.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

LANGUAGE_CODE = "fr"
FILTERS_EMPTY_CHOICE_LABEL = gettext_lazy("Any")  # of a list: read aloud too, where dashes are not
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# as the proxy lets through, and BodyMiddleware: beyond it a file would stand plain on a disk
FILE_UPLOAD_MAX_MEMORY_SIZE = 16_000_000
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or STATE_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "foundation.styles.stylesheet.Finder",  # CSS of the design system in use, and our own, in one file
    "foundation.styles.scripts.Finder",  # our scripts without their comments
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = DEVELOPMENT  # development serves from the apps; the image collects and hashes files
WHITENOISE_AUTOREFRESH = DEVELOPMENT
STORAGES = files.storages(BASE_DIR, hashed=os.environ.get("STATIC_HASHED") == "1")
CLAMAV_ADDRESS, FILES_UNSCANNED = files.CLAMAV_ADDRESS, files.FILES_UNSCANNED
FILES_BACKUP_DIR = files.FILES_BACKUP_DIR or BACKUP_DIR / "files"
PUBLISHER, OPERATOR_PHONE = os.environ.get("PUBLISHER", ""), os.environ.get("OPERATOR_PHONE", "")  # who is called
STATE_IDENTITY = os.environ.get("STATE_IDENTITY") == "1"  # the mark of the State is reserved to approved State services
QUICK_EXIT_URL = os.environ.get("QUICK_EXIT_URL", "https://www.meteofrance.com/")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
# not no-referrer: browsers would send "Origin: null" with forms, which the CSRF check refuses
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEVELOPMENT:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"  # from no sub-domain
    SECURE_SSL_REDIRECT = os.environ.get("SSL_REDIRECT", "1") == "1"
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]

REFUSE_UNKNOWN_ACTS = DEVELOPMENT  # those that no `acts.py` declares; production never loses one

# Development: mails land in a folder that /dev/mails/ shows; elsewhere they leave by SMTP.
MAILBOX_DIR = STATE_DIR / "mails"
_SECURITY = os.environ.get("EMAIL_SECURITY", "")  # starttls (port 587), tls (port 465), or nothing
_SMTP = {
    "host": os.environ.get("EMAIL_HOST"),
    "port": int(os.environ.get("EMAIL_PORT", "25")),
    "username": os.environ.get("EMAIL_USER", ""),
    "password": value("EMAIL_PASSWORD"),
    "use_tls": _SECURITY == "starttls",
    "use_ssl": _SECURITY == "tls",
    "timeout": 10,
}
if _SECURITY not in ("", "starttls", "tls"):
    raise ImproperlyConfigured("EMAIL_SECURITY is starttls, tls or empty.")
if _SMTP["password"] and not _SECURITY:
    raise ImproperlyConfigured("EMAIL_PASSWORD would be sent in clear: set EMAIL_SECURITY to starttls or tls.")
MAILERS = {
    "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _SMTP}
    if _SMTP["host"]
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(MAILBOX_DIR)},
    }
}
# Text messages for the duty lists of dangers to life: a provider behind HTTP, off unless its address is given.
SMS_URL, SMS_TOKEN = text_messages()
HOOKS_TO_LOOPBACK = DEVELOPMENT and os.environ.get("HOOKS_TO_LOOPBACK") != "0"  # beside https to public addresses
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Repère <ne-pas-repondre@repere.invalid>")

LOGGING = logs.configuration("plain" if DEVELOPMENT else "json")
