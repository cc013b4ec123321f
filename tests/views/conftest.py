"""Fixtures of the views' tests."""

from tests.record.browser import chromium

__all__ = ["chromium"]
