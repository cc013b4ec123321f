"""The parcelpost service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Letter, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/letters/<int:number>")
def letter(number):
    row = session.get(Letter, number)
    return jsonify(id=row.id, name=row.name)
