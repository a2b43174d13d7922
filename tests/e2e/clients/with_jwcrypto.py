import json

from jwcrypto import jwk, jwt
from jwks import KeySet
from lines import ALGORITHM, AUDIENCE, ISSUER, JWKS, answer

keys = KeySet(JWKS)
rules = {"iss": ISSUER, "aud": AUDIENCE, "exp": None}


def verify(token):
    unverified = jwt.JWT(algs=[ALGORITHM])
    unverified.deserialize(token)
    key = jwk.JWK(**keys.key(unverified.token.jose_header["kid"]))
    verified = jwt.JWT(algs=[ALGORITHM], check_claims=rules)
    # A minute otherwise.
    verified.leeway = 0
    verified.deserialize(token, key)
    # The library does not look.
    if json.loads(verified.header).get("typ") != "at+jwt":
        raise ValueError("not an access token")
    return json.loads(verified.claims)["sub"]


answer(verify)
