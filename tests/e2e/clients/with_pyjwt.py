import jwt
from lines import ALGORITHM, AUDIENCE, ISSUER, JWKS, answer

keys = jwt.PyJWKClient(JWKS, lifespan=300)


def verify(token):
    key = keys.get_signing_key_from_jwt(token).key
    rules = {"algorithms": [ALGORITHM], "issuer": ISSUER, "audience": AUDIENCE, "options": {"require": ["exp"]}}
    claims = jwt.decode(token, key, **rules)
    # The library does not look. The signature, which is good, is over the header, too.
    if jwt.get_unverified_header(token).get("typ") != "at+jwt":
        raise ValueError("not an access token")
    return claims["sub"]


answer(verify)
