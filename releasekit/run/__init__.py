"""Events, store, replay, readiness: one attempt to release one version to one environment. Knows no screen."""
