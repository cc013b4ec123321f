"""The quayside service: what it answers over HTTP."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/berths/<int:number>")
def berth(number):
    return {"id": number, "greeting": os.environ.get("GREETING", "good day")}
