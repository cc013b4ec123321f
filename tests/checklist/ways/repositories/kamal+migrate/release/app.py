"""The gnomon service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Angle, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/angles/<int:number>")
def angle(number):
    row = session.get(Angle, number)
    return jsonify(id=row.id, name=row.name, unit=row.unit)
