"""The meridian service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Chart, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/charts/<int:number>")
def chart(number):
    row = session.get(Chart, number)
    return jsonify(id=row.id, name=row.name, legend=row.legend)
