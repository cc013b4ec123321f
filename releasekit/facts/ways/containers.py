"""Docker's own ways, one row each."""

from releasekit.facts.ways.model import Family, Way

WAYS: tuple[Way, ...] = (
    Way(
        "swarm",
        "Docker Swarm",
        Family.CONTAINERS,
        "docs.docker.com/reference/cli/docker/stack/deploy",
        commands=("docker stack deploy", "docker stack up", "docker service update"),
        reads=True,
        grace=10,
    ),
    Way(
        "compose",
        "Docker Compose",
        Family.CONTAINERS,
        "docs.docker.com/reference/cli/docker/compose",
        commands=(
            *("docker compose up", "docker compose pull", "docker compose start", "docker compose restart"),
            *("docker-compose up", "docker-compose pull", "docker-compose start", "docker-compose restart"),
            *("podman-compose up", "podman compose up"),
        ),
        reads=True,
        grace=10,
    ),
)
