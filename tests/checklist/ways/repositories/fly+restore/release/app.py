"""The saltpan service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Basin, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/basins/<int:number>")
def basin(number):
    row = session.get(Basin, number)
    return jsonify(id=row.id, name=row.name)
