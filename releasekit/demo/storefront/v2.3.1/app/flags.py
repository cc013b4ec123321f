"""Feature flags through OpenFeature; flagd's file is read in process, so no further service has to run."""

from pathlib import Path

from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType


def load_flags(path: Path) -> None:
    api.set_provider_and_wait(FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(path)))


def gift_wrapping() -> bool:
    return api.get_client().get_boolean_value("gift-wrapping", False)
