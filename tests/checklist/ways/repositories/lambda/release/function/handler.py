"""Closes and opens the shutter."""


def handle(event, context):
    return {"shutter": "half open"}
