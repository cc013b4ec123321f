"""The ledgerline service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Entry, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/entrys/<int:number>")
def entry(number):
    row = session.get(Entry, number)
    return jsonify(id=row.id, name=row.name, tag=row.tag)
