"""The harbourmaster service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Pilot, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/pilots/<int:number>")
def pilot(number):
    row = session.get(Pilot, number)
    return jsonify(id=row.id, name=row.name, licence=row.licence)
