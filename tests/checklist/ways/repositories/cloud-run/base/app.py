"""The isobar service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Front, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/fronts/<int:number>")
def front(number):
    row = session.get(Front, number)
    return jsonify(id=row.id, name=row.name)
