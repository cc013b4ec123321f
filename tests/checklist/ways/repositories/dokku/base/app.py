"""The ternery service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Bird, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/birds/<int:number>")
def bird(number):
    row = session.get(Bird, number)
    return jsonify(id=row.id, name=row.name)
