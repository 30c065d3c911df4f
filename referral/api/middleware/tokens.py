"""Make the tokens of programs, and know them again.

A token ends with its hour and a signature over its program and this hour: a line written into the table of tokens,
given to another program or prolonged there opens nothing.
"""

import secrets
import time

from foundation.statements.sandbox import CLIENT
from foundation.statements.signing import is_signed, sign

USE = "token"


def new_token(request, refresh_token: bool = False) -> str:
    """Return a token for the request of oauthlib that asks for one."""
    return token_for(request.client.client_id, request.expires_in)


def token_for(client_id: str, seconds: int) -> str:
    """Return a token of this program that is taken for so long. That of a test client begins with the client."""
    drawn, end = secrets.token_urlsafe(32), str(int(time.time()) + seconds)
    if client_id.startswith(CLIENT):
        drawn = f"{client_id}.{drawn}"
    return ".".join((drawn, end, sign(USE, client_id, drawn, end)))


def is_ours(token: str, client_id: str) -> bool:
    """Return whether we made this token for this program, and it is not over."""
    rest, _, signature = token.rpartition(".")
    drawn, _, end = rest.rpartition(".")
    return is_signed(signature, USE, client_id, drawn, end) and int(end) > time.time()


def sandbox_client_of(token: str) -> str:
    """Return the test client that we made this token for; "" for any other, for one that is over or altered."""
    client_id = token.partition(".")[0]
    return client_id if client_id.startswith(CLIENT) and is_ours(token, client_id) else ""
