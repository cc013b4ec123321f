"""Fixtures of the records' tests."""

from tests.record.browser import chromium

__all__ = ["chromium"]
