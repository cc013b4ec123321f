"""Programs that stand in for the platforms' own, which cannot run here: they keep the state of a small world."""

from typing import Any

from tests.checklist.ways.standins import (
    charts,
    clouds,
    cluster,
    containers,
    forges,
    gitops,
    hosts,
    platforms,
    stacks,
    tools,
)

# by the name that is typed; some answer under two
PROGRAMS: dict[str, Any] = {
    **{
        tool.name: tool
        for module in (charts, cluster, clouds, forges, gitops, hosts, platforms, stacks, tools)
        for tool in vars(module).values()
        if isinstance(tool, tools.Tool)
    },
    "docker": containers.Docker(),
    "flyctl": platforms.fly,
    "sls": stacks.serverless,
}
