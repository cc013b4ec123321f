"""The almanac service: what it answers over HTTP."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/moons/<int:number>")
def moon(number):
    return {"id": number, "greeting": os.environ.get("GREETING", "hello")}
