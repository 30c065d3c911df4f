"""Make the tokens of programs, and know them again.

A token ends with its hour and a signature over its program and this hour: a line written into the table of tokens,
given to another program or prolonged there opens nothing.
"""

import secrets
import time

from foundation.statements.signing import is_signed, sign

USE = "token"


def new_token(request, refresh_token: bool = False) -> str:
    """Return a token for the request of oauthlib that asks for one."""
    return token_for(request.client.client_id, request.expires_in)


def token_for(client_id: str, seconds: int) -> str:
    """Return a token of this program that is taken for so long."""
    drawn, end = secrets.token_urlsafe(32), str(int(time.time()) + seconds)
    return ".".join((drawn, end, sign(USE, client_id, drawn, end)))


def is_ours(token: str, client_id: str) -> bool:
    """Return whether we made this token for this program, and it is not over."""
    drawn, _, rest = token.partition(".")
    end, _, signature = rest.partition(".")
    return is_signed(signature, USE, client_id, drawn, end) and int(end) > time.time()
