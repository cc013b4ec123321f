"""Fixtures of the records' tests."""

from tests.archive.seaweedfs import s3, seaweedfs
from tests.record.browser import chromium

__all__ = ["chromium", "s3", "seaweedfs"]
