"""The larkspur service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Garden, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/gardens/<int:number>")
def garden(number):
    row = session.get(Garden, number)
    return jsonify(id=row.id, name=row.name)
