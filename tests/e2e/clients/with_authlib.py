from authlib.jose import JsonWebKey, JsonWebToken
from jwks import KeySet
from lines import ALGORITHM, AUDIENCE, ISSUER, JWKS, answer

keys = KeySet(JWKS)
jwt = JsonWebToken([ALGORITHM])
rules = {
    "iss": {"essential": True, "value": ISSUER},
    "aud": {"essential": True, "value": AUDIENCE},
    "exp": {"essential": True},
}


def key_of(header, _):
    return JsonWebKey.import_key(keys.key(header["kid"]))


def verify(token):
    claims = jwt.decode(token, key_of, claims_options=rules)
    # Without this line nothing but the signature is looked at.
    claims.validate()
    # The library does not look.
    if claims.header.get("typ") != "at+jwt":
        raise ValueError("not an access token")
    return claims["sub"]


answer(verify)
