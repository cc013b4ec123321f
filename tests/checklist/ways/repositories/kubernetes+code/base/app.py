"""The lodestar service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Bearing, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/bearings/<int:number>")
def bearing(number):
    row = session.get(Bearing, number)
    return jsonify(id=row.id, name=row.name)
