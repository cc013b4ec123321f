"""The tollhouse service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Fare, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/fares/<int:number>")
def fare(number):
    row = session.get(Fare, number)
    return jsonify(id=row.id, name=row.name)
