"""A small complete service behind hallpass: anybody is welcome, users see their notes, admins see more."""

import os

from fastapi import Depends, FastAPI
from fastapi.responses import PlainTextResponse

from guard import Caller, Guard

issuer = os.environ.get("HALLPASS_ISSUER", "http://localhost:8080")
guard = Guard(
    issuer=issuer,
    audience=os.environ.get("HALLPASS_AUDIENCE", issuer),
    # Where hallpass is reached from here, when that is not what its tokens say.
    url=os.environ.get("HALLPASS_URL", issuer),
    client_id=os.environ["HALLPASS_CLIENT_ID"],
    client_secret=os.environ["HALLPASS_CLIENT_SECRET"],
)
app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
def welcome():
    return "Welcome. Notes are for users."


@app.get("/notes")
def notes(user: Caller = Depends(guard.user)):
    return {"user": user.id, "notes": ["water the plants"]}


@app.get("/admin")
def admin(user: Caller = Depends(guard.role("admin"))):
    return {"user": user.id, "notes_of_everybody": 1}
