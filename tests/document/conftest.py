"""Fixtures of the documents' tests."""

from tests.record.browser import chromium

__all__ = ["chromium"]
