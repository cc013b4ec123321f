"""The candlewick service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Flame, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/flames/<int:number>")
def flame(number):
    row = session.get(Flame, number)
    return jsonify(id=row.id, name=row.name)
