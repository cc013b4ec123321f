"""What every test stands on: no settings of the person who runs them, and one policy for missing programs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import services
from tests.counts import count, proving

# Times on a shared machine say nothing, so no deadline. Inputs are the same on every change, new ones for `make prove`.
settings.register_profile(
    "releasekit",
    max_examples=count("hypothesis.examples"),
    deadline=None,
    derandomize=not proving(),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("releasekit")

GIT_PERSON = {"NAME": "Test Person", "EMAIL": "test@example.org"}


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Git, Jupyter, IPython and releasekit see an empty home and none of the caller's variables."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GIT_", "JUPYTER_", "RELEASEKIT_")) and name != "RELEASEKIT_PROVE":
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            patch.delenv(name, raising=False)
        patch.setenv("IPYTHONDIR", str(home / ".ipython"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        for role in ("AUTHOR", "COMMITTER"):
            for key, value in GIT_PERSON.items():
                patch.setenv(f"GIT_{role}_{key}", value)
        patch.setenv("TZ", "UTC")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "120")
        yield


@pytest.fixture(scope="session")
def require() -> Callable[[str], Path]:
    """`require("prometheus")` is the program's path; without it the test is skipped, or fails where CI=true."""
    return services.require
