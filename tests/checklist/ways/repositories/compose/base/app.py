"""The kiosk service: what it answers over HTTP."""

from flask import Flask, jsonify
from models import Order, session

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/orders/<int:number>")
def order(number):
    row = session.get(Order, number)
    return jsonify(id=row.id, name=row.name, memo=row.memo)
