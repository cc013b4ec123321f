"""The cobble service: what it answers over HTTP."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/streets/<int:number>")
def street(number):
    return {"id": number, "greeting": os.environ.get("GREETING", "good day")}
