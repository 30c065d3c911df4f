"""What every page knows: the actor, the site's settings, the number of unread notices."""

from django.conf import settings


def page(request):
    return {
        "actor": getattr(request, "actor", None),
        "memberships": getattr(request, "memberships", []),
        "STATE_IDENTITY": settings.STATE_IDENTITY,
        "QUICK_EXIT_URL": settings.QUICK_EXIT_URL,
    }
