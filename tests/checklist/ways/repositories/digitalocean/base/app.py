"""The saltmarsh service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Reed, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/reeds/<int:number>")
def reed(number):
    row = session.get(Reed, number)
    return jsonify(id=row.id, name=row.name)
