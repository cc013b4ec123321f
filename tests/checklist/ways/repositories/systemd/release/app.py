"""The wicket service: what it answers over HTTP."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/gates/<int:number>")
def gate(number):
    return {"id": number, "greeting": os.environ.get("GREETING", "good day")}
