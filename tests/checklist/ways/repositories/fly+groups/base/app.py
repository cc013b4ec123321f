"""The estuary service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Boat, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/boats/<int:number>")
def boat(number):
    row = session.get(Boat, number)
    return jsonify(id=row.id, name=row.name, draught=row.draught)
