"""The tables of estuary."""

import os

from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()
session = Session(create_engine(os.environ["DATABASE_URL"]))


class Boat(Base):
    __tablename__ = "boats"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    draught = Column(String(200))
