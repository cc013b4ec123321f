"""Where the programs are that tests talk to, and what happens to a test whose program is missing.

One policy for all of them: skipped with the reason on a person's machine, failed where CI=true, so that a check that
lands changes never shrinks unseen. `tests/services.sh` installs them.
"""

import os
import shutil
from pathlib import Path

import pytest

DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")


def find(program: str) -> Path | None:
    """The program's path: from PATH, else from the newest of Debian's PostgreSQL folders, which are not on PATH."""
    on_path = shutil.which(program)
    if on_path:
        return Path(on_path)
    versions = sorted(DEBIAN_POSTGRESQL.glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]))
    return versions[-1] if versions else None


def require(program: str) -> Path:
    """The program's path; without it the calling test is skipped, or fails where CI=true."""
    path = find(program)
    if path is not None:
        return path
    reason = f"{program} is not installed: tests/services.sh says how"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
