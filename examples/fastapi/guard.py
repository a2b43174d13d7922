"""Dependencies that let good access tokens in: verified here, and good in the eyes of hallpass at this moment."""

import base64
import json
import logging
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Optional

import jwt
from fastapi import Depends, Header, HTTPException

log = logging.getLogger(__name__)

# Those that hallpass signs with; never the one that a token asks for.
ALGORITHMS = ["RS256", "ES256", "EdDSA"]


@dataclass(frozen=True)
class Caller:
    id: str
    role: str
    session: str


class Guard:
    def __init__(self, issuer, audience, url, client_id, client_secret):
        self._issuer, self._audience = issuer, audience
        self._keys = jwt.PyJWKClient(f"{url}/.well-known/jwks.json", lifespan=300)
        self._introspection = f"{url}/oauth/introspect"
        self._credential = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self.user = self._user

    def _user(self, authorization: Optional[str] = Header(default=None)) -> Caller:
        """Any user. The framework runs this in a thread, so it may wait for hallpass."""
        if authorization is None:
            raise refusal(401, "Bearer")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise refusal(401, "Bearer")
        token = token.lstrip(" ")
        if not token or " " in token:
            raise refusal(401, 'Bearer error="invalid_request"')
        # Verified here first: garbage costs hallpass nothing.
        claims = self._verified(token)
        if not self._is_active(token):
            raise refusal(401, 'Bearer error="invalid_token"')
        return Caller(id=claims["sub"], role=claims["role"], session=claims["sid"])

    def role(self, name):
        """Users with this role."""

        def check(caller: Caller = Depends(self.user)) -> Caller:
            if caller.role != name:
                raise refusal(403, 'Bearer error="insufficient_scope"')
            return caller

        return check

    def _verified(self, token):
        rules = {
            "algorithms": ALGORITHMS,
            "issuer": self._issuer,
            "audience": self._audience,
            "options": {"require": ["exp", "sub", "role", "sid"]},
        }
        try:
            key = self._keys.get_signing_key_from_jwt(token).key
            claims = jwt.decode(token, key, **rules)
        except jwt.PyJWKClientError as error:
            # The library has one error for a key that is not there and for a key set that cannot be fetched.
            unreachable = isinstance(error.__context__, OSError)
            raise unavailable() if unreachable else refusal(401, 'Bearer error="invalid_token"') from None
        except OSError:
            raise unavailable() from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise refusal(401, 'Bearer error="invalid_token"') from None
        # The library does not look. The signature, which is good, is over the header, too.
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise refusal(401, 'Bearer error="invalid_token"')
        return claims

    def _is_active(self, token):
        form = urllib.parse.urlencode({"token": token}).encode()
        request = urllib.request.Request(self._introspection, form, {"Authorization": self._credential})
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return json.load(response)["active"] is True
        except (OSError, ValueError, KeyError) as error:
            # No answer is no verdict. An answer 401 means that the credential of this service is wrong.
            log.error("introspection: %s", error)
            raise unavailable() from None


def refusal(status, challenge):
    return HTTPException(status, "Who are you?" if status == 401 else "No.", {"WWW-Authenticate": challenge})


def unavailable():
    return HTTPException(503, "Tokens cannot be checked at the moment.", {"Retry-After": "2"})
