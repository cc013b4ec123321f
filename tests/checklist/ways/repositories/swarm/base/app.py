"""The bellows service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Ticket, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/tickets/<int:number>")
def ticket(number):
    row = session.get(Ticket, number)
    return jsonify(id=row.id, name=row.name, remark=row.remark)
