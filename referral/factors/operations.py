"""Show, set up and remove second factors. What a code or a key must be is django-allauth's to say."""

from collections import Counter

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction

from agencies.accounts.operations import tell_oneself
from agencies.models import User
from foundation.encryption import first_key
from foundation.errors import NotFound
from foundation.workflow import WrongState
from journal.operations import record
from notifications.operations.events import tell_person

from .rules import SEALED, key_of, sealed, secrets_of, unsealed
from .selectors import own, was_taken_away

Type = Authenticator.Type
LAST = "last"  # of an authenticator's data: the time step of the last code that was taken


class Once(totp.TOTP):
    """Take each code once, and none older than the last one: noted in the row, since the cache may be away."""

    def _mark_code_used(self, code):
        row = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
        secret = self.instance.data["secret"]
        step = step_of(totp.decrypt(secret), code)
        if step is None or step <= row.data.get(LAST, 0):
            return False
        row.data[LAST] = step
        row.save(update_fields=["data"])
        return True


def step_of(secret: str, code: str) -> int | None:
    """Return the time step whose code this is, None when it is of none of those taken now."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


def with_code(user: User, code: str) -> Authenticator | None:
    """Return the factor that this code is of, the code used up: of the application, else one of the recovery codes."""
    rows = {row.type: row for row in Authenticator.objects.filter(user=user).exclude(type=Type.WEBAUTHN)}
    with secrets_of(user.pk), transaction.atomic():
        tell_oneself(user)
        for kind, reader in ((Type.TOTP, Once), (Type.RECOVERY_CODES, RecoveryCodes)):
            if kind in rows and reader(rows[kind]).validate_code(code):
                return rows[kind]
    return None


def with_key(credential, user: User | None = None) -> Authenticator | None:
    """Return the passkey that answered the challenge of this session: of `user`, else of whom the passkey names."""
    try:
        webauthn.parse_authentication_response(credential)
        person = user or webauthn.extract_user_from_response(credential)
        found = webauthn.complete_authentication(person, credential) if person.is_active else None
    except (ValidationError, KeyError, AttributeError, TypeError):  # not what a browser sends
        return None
    if found is not None:
        found.user = person
    return found


def add_app(user: User, secret: str, code: str) -> Authenticator:
    """Set up an application that shows codes. Raises WrongState, ValidationError for a code it does not show."""
    _require_addable(user)
    if own(user).filter(type=Type.TOTP).exists():
        raise WrongState("app")
    step = step_of(secret, code)
    if step is None:
        raise ValidationError("code")
    with secrets_of(user.pk):
        row = totp.TOTP.activate(user, secret).instance
    row.data[LAST] = step
    row.save(update_fields=["data"])
    return _added(user, row)


def add_key(user: User, name: str, credential) -> Authenticator:
    """Set up a passkey. Raises WrongState, ValidationError when it does not answer the challenge of this session."""
    _require_addable(user)
    try:
        webauthn.parse_registration_response(credential)
        made = webauthn.complete_registration(credential)
    except (KeyError, AttributeError, TypeError, ValueError) as error:  # not what a browser sends
        raise ValidationError("credential") from error
    if not made.is_user_verified():
        raise ValidationError("credential")
    row = webauthn.WebAuthn.add(user, name, credential).instance
    return _added(user, row)


def _added(user: User, row: Authenticator) -> Authenticator:
    record("factor.add", user)
    tell_person("account_changed", user)
    return row


def _require_addable(user: User) -> None:
    """Lock the person. Raises WrongState when the factors were taken away: a code is told by voice first."""
    if was_taken_away(User.objects.select_for_update(of=("self",)).get(pk=user.pk)):
        raise WrongState("factor taken away")


def new_codes(user: User) -> list[str]:
    """Return ten recovery codes; the former ones end. Raises WrongState without a factor that they would replace."""
    if not own(user).exists():
        raise WrongState("no factor")
    former = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()[0]
    with secrets_of(user.pk):
        codes = RecoveryCodes.activate(user).generate_codes()
    record("factor.codes", user)
    if former:  # the first come with the factor, of which the person is told
        tell_person("account_changed", user)
    return codes


def remove(user: User, pk: int, *, owed: bool) -> None:
    """Remove a factor of oneself. Raises NotFound, WrongState for the last one of whom it is `owed`."""
    rows = list(own(user).select_for_update())
    found = next((row for row in rows if row.pk == pk), None)
    if found is None:
        raise NotFound
    if len(rows) == 1:
        if owed:
            raise WrongState("last factor")
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    found.delete()
    record("factor.remove", user)
    tell_person("account_changed", user)


def keys_held(using: str) -> Counter[str]:
    """Return how many secrets of second factors each key of the ring holds."""
    rows = Authenticator.objects.using(using).exclude(type=Type.WEBAUTHN).values_list("data", flat=True)
    return Counter(key_of(data[name]) for data in rows.iterator() for name in SEALED if name in data)


def seal_anew(using: str) -> int:
    """Seal the secrets of second factors with the first key of the ring, row after row; return how many were changed.

    Raises InvalidTag or KeyError for one that no key of the ring reads.
    """
    done = 0
    for pk in list(Authenticator.objects.using(using).exclude(type=Type.WEBAUTHN).values_list("pk", flat=True)):
        with transaction.atomic(using=using):
            row = Authenticator.objects.using(using).select_for_update().filter(pk=pk).first()
            old = [name for name in SEALED if row and name in row.data and key_of(row.data[name]) != first_key()]
            for name in old:
                row.data[name] = sealed(unsealed(row.data[name], row.user_id), row.user_id)
            if old:
                row.save(using=using, update_fields=["data"])
                done += len(old)
    return done


def note_refused(sender, credentials, **_named) -> None:
    """Journal a wrong password: of the account when there is one, in the same time when there is none."""
    record("account.refused", User.objects.filter(email=str(credentials.get("email", "")).lower()).first())
