"""The millrace service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Sluice, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/sluices/<int:number>")
def sluice(number):
    row = session.get(Sluice, number)
    return jsonify(id=row.id, name=row.name, gauge=row.gauge)
