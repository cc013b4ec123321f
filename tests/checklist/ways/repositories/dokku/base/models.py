"""The tables of ternery."""

import os

from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()
session = Session(create_engine(os.environ["DATABASE_URL"]))


class Bird(Base):
    __tablename__ = "birds"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
