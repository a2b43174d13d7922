"""What every client here has in common: it is told where hallpass is, reads a line of JSON with a token, and answers
with a line that says whose token it is or why it is refused."""

import json
import sys

_told = json.loads(sys.argv[1])
ISSUER, AUDIENCE, JWKS, ALGORITHM = (_told[name] for name in ("issuer", "audience", "jwks", "algorithm"))


def answer(verify):
    for line in sys.stdin:
        try:
            said = {"ok": True, "sub": verify(json.loads(line)["token"])}
        except Exception as error:  # whatever a library raises is a refusal
            said = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)
