"""Link an identity of the provider to oneself, remove the link, and find whom an identity signs in."""

from django.conf import settings

from agencies.accounts.operations import ask
from agencies.models import ProviderLink, User
from foundation.encryption import digests
from foundation.errors import NotFound
from foundation.statements.signing import sign, transaction_name
from foundation.workflow import WrongState
from journal.operations import record
from notifications.operations.events import tell_person


def own_link(user: User) -> ProviderLink | None:
    return ProviderLink.objects.filter(user=user).first()


def person_of(subject: str) -> User | None:
    """Return whom this identity signs in: an account that may act."""
    given = _digests(subject)
    signature = sign(transaction_name(), "linked person", *given)
    pk = ask("SELECT nrm.linked_person(%s, %s)", given, signature)
    return User.objects.get(pk=pk) if pk else None


def link(user: User, subject: str) -> None:
    """Let this identity sign in the acting person. Raises WrongState when it opens an account already."""
    if not ask("SELECT nrm.link_provider(%s)", _digests(subject)):
        raise WrongState("linked already")
    record("provider.link", user)
    tell_person("account_changed", user)


def unlink(user: User) -> None:
    """Remove one's own link. Raises NotFound."""
    if not ProviderLink.objects.filter(user=user).delete()[0]:
        raise NotFound
    record("provider.unlink", user)
    tell_person("account_changed", user)


def _digests(subject: str) -> list[str]:
    """Return the keyed digests of an identity: of its issuer too, so that another provider's never meets it."""
    return digests("identity of the provider", f"{settings.OIDC.issuer}\n{subject}")
