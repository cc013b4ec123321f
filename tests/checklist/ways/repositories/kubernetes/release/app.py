"""The orrery service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Planet, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/planets/<int:number>")
def planet(number):
    row = session.get(Planet, number)
    return jsonify(id=row.id, name=row.name)
