"""Run a provider of OpenID Connect in a process of its own: django-oauth-toolkit's, with its own settings and base.

    python -m tests.referral.provider.real PORT FOLDER RETURN [AFTERWARDS]

Its accounts have the password PASSWORD. What one shows there is its first name: the `acr` that it then says.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

CLIENT, SECRET, PASSWORD = "repere", "le-secret-du-client-de-repere", "mot de passe chez le fournisseur"
HIGH, LOW = "https://proconnect.gouv.fr/assurance/self-asserted-2fa", "eidas1"
ACCOUNTS = {"agent.fort": HIGH, "agent.faible": LOW, "agent.autre": HIGH}
FORM = (
    "<!doctype html><html lang=fr><title>Fournisseur</title><link rel=icon href='data:,'>"
    "<h1>Fournisseur d'identité</h1>"
    "<form method=post>{% csrf_token %}{{ form.as_p }}<input type=hidden name=next value='{{ next }}'>"
    "<button type=submit>Continuer</button></form></html>"
)
OUT = (
    "<!doctype html><html lang=fr><title>Fournisseur</title><link rel=icon href='data:,'>"
    "<h1>Se déconnecter du fournisseur ?</h1>"
    "<form method=post>{% csrf_token %}{{ form.as_p }}<button name=allow value=1>Oui</button></form></html>"
)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def configure(port: int, folder: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    templates = {"registration/login.html": FORM, "oauth2_provider/logout_confirm.html": OUT}
    settings.configure(
        SECRET_KEY="of the provider of the tests alone",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        SESSION_COOKIE_NAME="of_the_provider",
        CSRF_COOKIE_NAME="csrf_of_the_provider",
        ROOT_URLCONF=__name__,
        LOGIN_URL="/login/",
        USE_TZ=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # a secret is hashed at each token
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", templates)]},
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": pem,
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.validator",
            "SCOPES": {"openid": "OpenID Connect"},
            "PKCE_REQUIRED": True,
        },
    )


def fill(back: str, afterwards: str) -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name, acr in ACCOUNTS.items():
        get_user_model().objects.create_user(name, password=PASSWORD, first_name=acr)
    Application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        redirect_uris=back,
        post_logout_redirect_uris=afterwards,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm="RS256",
        skip_authorization=True,
    )


def main(port: int, folder: Path, back: str, afterwards: str = "") -> None:
    import django

    configure(port, folder)
    django.setup()
    from django.contrib.auth.views import LoginView
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = None  # in the ID token, whatever the scopes

        def get_additional_claims(self, request):
            return {"acr": request.user.first_name}

    here = sys.modules[__name__]
    here.validator = Validator
    here.urlpatterns = [
        path("login/", LoginView.as_view()),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    ]
    fill(back, afterwards)
    with make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
