"""Check role, method, action and where it leads at the start of a view."""

from functools import wraps

from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from .workflow import NotAllowed


def cases_only(view):
    """Restrict a view to members who see cases. Others get an error, not an empty list that looks true."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.actor.sight != "case":
            raise NotAllowed("cases")
        return view(request, *args, **kwargs)

    return checked


def known_act(request, *acts: str, name: str = "act") -> str:
    """Return which form of the page was sent, empty for a GET. Raises NotAllowed for an unknown name."""
    act = request.POST.get(name, "")
    if request.method == "POST" and act not in acts:
        raise NotAllowed(act)
    return act


def posted(page: str):
    """Accept POST only; a GET of its address (an expired session, a reloaded tab) redirects to `page`."""

    def wrap(view):
        @wraps(view)
        def checked(request, pk, **named):
            return view(request, pk, **named) if request.method == "POST" else redirect(page, pk)

        return checked

    return wrap


def safe_address(request, address: str) -> str:
    """Return the address of a page when it is one of this site; else nothing."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else ""
