"""The driftwood service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Tide, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/tides/<int:number>")
def tide(number):
    row = session.get(Tide, number)
    return jsonify(id=row.id, name=row.name)
