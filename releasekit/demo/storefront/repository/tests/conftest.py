import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def commit_in_report(record_testsuite_property):
    """A report without its commit proves nothing about a release."""
    record_testsuite_property("commit", os.environ.get("GITHUB_SHA", "unknown"))
