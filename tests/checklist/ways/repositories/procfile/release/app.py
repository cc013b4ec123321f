"""The thistle service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Seed, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/seeds/<int:number>")
def seed(number):
    row = session.get(Seed, number)
    return jsonify(id=row.id, name=row.name, colour=row.colour)
