"""Signs and verifies one access token with PyJWT: `python3 library.py ALGORITHM BATCHES`, JSON lines on stdout."""

import json
import sys
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

TOKEN = json.loads((Path(__file__).parent / "token.json").read_text())
HEADER, CLAIMS = TOKEN["header"], TOKEN["claims"]
OTHER = "https://other.example"
# Long against the step of the clock, short against a slice of the scheduler: what hallpass is measured in, too.
BATCH_NS = 200_000


def generated(algorithm):
    """Both halves, parsed once."""
    if algorithm == "HS256":
        secret = bytes(range(1, 33))
        return secret, secret
    if algorithm in ("RS256", "RS384", "RS512", "PS256"):
        private = rsa.generate_private_key(65537, 2048)
    elif algorithm == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = ec.generate_private_key({"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}[algorithm]())
    return private, private.public_key()


def calls(algorithm):
    private, public = generated(algorithm)
    algorithms, issuer, audience = [algorithm], CLAIMS["iss"], CLAIMS["aud"]

    def sign(claims=CLAIMS):
        return jwt.encode(claims, private, algorithm, HEADER)

    def verify(token):
        return jwt.decode(token, public, algorithms, audience=audience, issuer=issuer)

    return sign, verify


def assert_checks(sign, verify):
    """Refuses to measure a library that checks less than the others."""
    others = {"exp": CLAIMS["iat"], "iss": OTHER, "aud": OTHER}
    bad = {claim: sign({**CLAIMS, claim: value}) for claim, value in others.items()}
    head, _, signature = sign().split(".")
    bad["signature"] = ".".join([head, bad["exp"].split(".")[1], signature])
    for what, token in bad.items():
        try:
            verify(token)
        except jwt.InvalidTokenError:
            continue
        raise SystemExit(f"{what} is not checked")


def took(work, runs):
    begun = time.perf_counter_ns()
    for _ in range(runs):
        work()
    return time.perf_counter_ns() - begun


def best(work, batches):
    runs = 1
    while took(work, runs) < BATCH_NS and runs < 1 << 16:
        runs *= 2
    return min(took(work, runs) / runs for _ in range(batches)) / 1000


def main(algorithm, batches):
    sign, verify = calls(algorithm)
    assert_checks(sign, verify)
    token = sign()
    for operation, work in {"sign": sign, "verify": lambda: verify(token)}.items():
        row = {"algorithm": algorithm, "operation": operation, "library": "PyJWT (Python)", "version": jwt.__version__}
        print(json.dumps({**row, "us": best(work, batches)}))


main(sys.argv[1], int(sys.argv[2]))
