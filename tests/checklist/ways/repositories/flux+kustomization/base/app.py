"""The rockpool service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Limpet, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/limpets/<int:number>")
def limpet(number):
    row = session.get(Limpet, number)
    return jsonify(id=row.id, name=row.name, shell=row.shell)
