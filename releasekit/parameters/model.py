"""The two inputs of a release, application and configuration, as frozen values. Reads no file and asks nobody."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from releasekit.parameters.asking import (
    Alertmanager,
    Answers,
    Forge,
    HostName,
    Invariants,
    Journey,
    Logs,
    Part,
    Registry,
    listed,
)
from releasekit.parameters.signing import Signing
from releasekit.parameters.values import (
    Criteria,
    Duration,
    Globs,
    Hosts,
    Inside,
    ItemId,
    Label,
    Moment,
    PipelineJob,
    Place,
    Ref,
    SecretRef,
    ServiceName,
    Url,
    Version,
)

ReportKind = Literal[
    "unit_tests",
    "integration_tests",
    "migrations",
    "acceptance",
    "journeys",
    "performance",
    "security",
    "coverage",
    "infrastructure",
    "settings",
    "backup",
    "cluster",
]


class Application(Part):
    """What is released."""

    name: ServiceName = Field(description="The service's name; it names the folder of its records.", examples=["shop"])
    repository: Place = Field(
        description="The folder of the git repository, relative to this file.", examples=["../storefront"]
    )
    path: Inside = Field(default=".", description="The service's folder in a monorepo.", examples=["services/web"])
    version: Version = Field(
        description='The version that is released, in quotes: "1.10" without them would be a number.',
        examples=["2.4.0"],
    )
    candidate: Ref = Field(
        default="HEAD", description="The git revision that is released.", examples=["HEAD", "v2.4.0"]
    )
    running: Ref | None = Field(
        default=None,
        description="The git revision that production runs now; without it, the newest version tag before the"
        " candidate, marked as assumed.",
        examples=["v2.3.1"],
    )
    files: Globs = Field(
        default=(),
        description="Which deployment files are production's, when the analysis chooses wrongly.",
        examples=[["deploy/production/*.yaml", "Dockerfile"]],
    )
    pipeline: PipelineJob | None = Field(
        default=None,
        description="The job that releases, when the analysis chooses wrongly: its file and its name.",
        examples=[".github/workflows/deploy.yml#production"],
    )


class Team(Part):
    """Who signs off, one person a role."""

    technical_lead: Label | None = Field(
        default=None, description="Who answers for the code.", examples=["Ada Lovelace"]
    )
    devops_engineer: Label | None = Field(
        default=None, description="Who carries out the deployment.", examples=["Grace Hopper"]
    )
    product_owner: Label | None = Field(
        default=None, description="Who answers for what users get.", examples=["Mary Shaw"]
    )
    release_manager: Label | None = Field(
        default=None, description="Who leads the release.", examples=["Radia Perlman"]
    )


class Span(Part):
    """From one moment to a later one."""

    start: Moment = Field(description="When it begins, with its time zone.", examples=["2026-11-24T20:00:00Z"])
    end: Moment = Field(description="When it ends, with its time zone.", examples=["2026-11-24T22:00:00Z"])

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.end <= self.start:
            raise ValueError("must end after it starts")
        return self


class Freeze(Span):
    """A time in which nothing is released."""

    reason: str = Field(
        default="", max_length=500, description="Why nothing is released then.", examples=["year-end sales"]
    )


class Report(Part):
    """Files that CI left. A report that names no commit itself is for ``commit``."""

    files: Globs = Field(
        description="One or more globs, relative to the service's parameter file.",
        min_length=1,
        examples=["reports/junit/*.xml"],
    )
    commit: Ref | None = Field(default=None, description="The commit the files are for.", examples=["9fceb02"])
    max_age: Duration | None = Field(
        default=None, description="How old they may be; without it, as freshness says.", examples=["24h"]
    )


class Database(Part):
    """The production database."""

    url: SecretRef = Field(description="Where the connection address is kept.", examples=["env:DATABASE_URL"])
    invariants: Invariants = Field(
        default=(),
        description="What must hold in it, before and after.",
        examples=[[{"name": "no order without a customer", "sql": "SELECT count(*) FROM orders", "at_least": 1}]],
    )


class Objective(Part):
    """A metric with its criteria: ``passes`` must all hold; one of ``fails`` that holds fires the rollback trigger."""

    name: Label = Field(description="What is measured, as people call it.", examples=["p95 latency"])
    metric: str | None = Field(
        default=None, min_length=1, description="The metric's name in the CSV file.", examples=["p95_ms"]
    )
    query: str | None = Field(
        default=None,
        min_length=1,
        description="The PromQL expression that yields it.",
        examples=["sum(rate(http_requests_total[5m]))"],
    )
    unit: str = Field(default="", max_length=40, description="The unit of its values.", examples=["ms", "%"])
    passes: Criteria = Field(
        default=(), alias="pass", description="Criteria that must all hold to pass.", examples=[["<600", "<=+10%"]]
    )
    fails: Criteria = Field(
        default=(), alias="fail", description="Criteria of which none may hold.", examples=[[">+50%"]]
    )
    minimum: int = Field(
        default=1, ge=1, description="The least number of samples that count as evidence.", examples=[5]
    )

    @model_validator(mode="after")
    def _measurable(self) -> "Objective":
        if self.metric is None and self.query is None:
            raise ValueError("needs metric (a name in the CSV file) or query (PromQL)")
        if not self.passes and not self.fails:
            raise ValueError("needs criteria: pass, fail or both")
        return self


class Metrics(Part):
    """Where metrics come from, and what they must be."""

    prometheus: Url | None = Field(
        default=None, description="The address of Prometheus.", examples=["https://metrics.example"]
    )
    token: SecretRef | None = Field(
        default=None, description="Where the bearer token for Prometheus is kept.", examples=["env:PROMETHEUS_TOKEN"]
    )
    select: dict[Label, Label] = Field(
        default={},
        description="The labels of this service's targets and alerts in Prometheus.",
        examples=[{"job": "shop"}],
    )
    csv: Place | None = Field(
        default=None, description="A CSV file instead: time, metric, value.", examples=["metrics.csv"]
    )
    baseline: Duration = Field(
        default="60m", description="How long before the deployment counts as normal.", examples=["60m"]
    )
    now: Duration = Field(default="15m", description="How long after the deployment is looked at.", examples=["15m"])
    objectives: Annotated[tuple[Objective, ...], BeforeValidator(listed, json_schema_input_type=list[Objective])] = (
        Field(
            default=(),
            description="What the metrics must be.",
            examples=[[{"name": "p95 latency", "metric": "p95_ms", "pass": "<600"}]],
        )
    )

    @model_validator(mode="after")
    def _distinct(self) -> "Metrics":
        names = [objective.name for objective in self.objectives]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"has two objectives of the same name: {', '.join(twice)}")
        return self


class Step(Part):
    """What this team does at an item of the checklist, in place of what the analysis proposes."""

    command: str = Field(
        min_length=1,
        max_length=8000,
        description="The command to run, as it would be typed.",
        examples=["kubectl rollout restart deployment/web"],
    )
    expect: str = Field(
        default="",
        max_length=2000,
        description="What a person should see when it worked.",
        examples=["deployment.apps/web restarted"],
    )
    minutes: int | None = Field(default=None, ge=0, le=10_000, description="How long it takes.", examples=[5])


class Channel(Part):
    """Where messages go."""

    to: str = Field(default="", max_length=500, description="A room, a list or an address.", examples=["#releases"])
    url: SecretRef | None = Field(
        default=None, description="Where the webhook's address is kept.", examples=["env:RELEASES_WEBHOOK"]
    )


class Minutes(Part):
    """How many minutes each phase takes."""

    prepare: int | None = Field(default=None, ge=0, le=100_000, description="Before the deployment.", examples=[60])
    deploy: int | None = Field(default=None, ge=0, le=100_000, description="The deployment itself.", examples=[30])
    verify: int | None = Field(default=None, ge=0, le=100_000, description="Looking whether it worked.", examples=[30])
    close: int | None = Field(default=None, ge=0, le=100_000, description="What follows.", examples=[60])
    rollback: int | None = Field(default=None, ge=0, le=100_000, description="The way back.", examples=[20])


class Contact(Part):
    """Somebody who is called when something goes wrong."""

    name: Label = Field(description="Who is called.", examples=["On call, team shop"])
    channel: Label = Field(description="How they are reached.", examples=["#shop-oncall"])


def _report(value: object) -> object:
    return {"files": value} if isinstance(value, str | list) else value


def _step(value: object) -> object:
    return {"command": value} if isinstance(value, str) else value


def _channel(value: object) -> object:
    if not isinstance(value, str):
        return value
    return {"url": value} if value.startswith("env:") else {"to": value}


class Configuration(Part):
    """Where and how it is released."""

    environment: ServiceName = Field(
        default="production", description="Where it goes.", examples=["production", "staging"]
    )
    level: Literal["A", "B", "C"] = Field(default="B", description="How strict: A is the strictest.", examples=["A"])
    team: Team = Field(default=Team(), description="Who signs off.", examples=[{"technical_lead": "Ada Lovelace"}])
    window: Span | None = Field(
        default=None,
        description="The maintenance window.",
        examples=[{"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T22:00:00Z"}],
    )
    reports: dict[
        ReportKind, Annotated[Report, BeforeValidator(_report, json_schema_input_type=str | list[str] | Report)]
    ] = Field(
        default={},
        description="What CI left, by kind: a glob, several, or files with the commit they are for.",
        examples=[{"unit_tests": "reports/junit/*.xml"}],
    )
    freshness: Duration = Field(
        default="7d", description="How old a report may be that counts as evidence.", examples=["7d"]
    )
    people: Annotated[tuple[ItemId, ...], BeforeValidator(listed, json_schema_input_type=list[str])] = Field(
        default=(),
        description="Items that people judge here, because no machine can.",
        examples=[["infrastructure.environment-provisioned"]],
    )
    forge: Forge | None = Field(
        default=None,
        description="Where reviews are asked for.",
        examples=[{"github": "https://api.github.com", "project": "shop/storefront", "token": "env:FORGE_TOKEN"}],
    )
    endpoints: dict[Label, Url] = Field(
        default={},
        description="Addresses that are asked, by name.",
        examples=[{"health": "https://shop.example.com/health"}],
    )
    journeys: dict[Label, Journey] = Field(
        default={},
        description="What users must be able to do: addresses asked one after the other, by the journey's name.",
        examples=[{"look at a product": ["https://shop.example.com/", "https://shop.example.com/products"]}],
    )
    database: Database | None = Field(
        default=None, description="The production database.", examples=[{"url": "env:DATABASE_URL"}]
    )
    metrics: Metrics = Field(
        default=Metrics(),
        description="Where metrics come from, and what they must be.",
        examples=[{"csv": "metrics.csv"}],
    )
    alertmanager: Alertmanager | None = Field(
        default=None, description="Where silences are asked for.", examples=[{"url": "https://alerts.example.com"}]
    )
    registry: Registry | None = Field(
        default=None,
        description="Where the images are kept.",
        examples=[{"url": "https://registry.example.com", "image": "shop/storefront"}],
    )
    dns: dict[HostName, Answers] = Field(
        default={},
        description="Where the service's names lead: addresses, or the name of a load balancer.",
        examples=[{"shop.example.com": ["203.0.113.10"]}],
    )
    logs: Logs = Field(
        default=Logs(), description="Where error logs are asked for.", examples=[{"loki": "https://logs.example.com"}]
    )
    steps: dict[ItemId, Annotated[Step, BeforeValidator(_step, json_schema_input_type=str | Step)]] = Field(
        default={},
        description="Commands of this team, by the id of the checklist's item.",
        examples=[{"execution.health-checks-verified": "curl -fsS https://shop.example.com/health"}],
    )
    minutes: Minutes = Field(
        default=Minutes(), description="How many minutes each phase takes.", examples=[{"deploy": 30, "rollback": 20}]
    )
    channels: dict[Label, Annotated[Channel, BeforeValidator(_channel, json_schema_input_type=str | Channel)]] = Field(
        default={}, description="Where messages go, by audience.", examples=[{"announcement": "#releases"}]
    )
    escalation: Annotated[tuple[Contact, ...], BeforeValidator(listed, json_schema_input_type=list[Contact])] = Field(
        default=(),
        description="Who is called when something goes wrong, in this order.",
        examples=[[{"name": "On call, team shop", "channel": "#shop-oncall"}]],
    )
    signing: Signing = Field(
        default=Signing(),
        description="Who is who, and how well a person must be known to sign.",
        examples=[{"people": {"Ada Lovelace": ["ada", "ada@example.com"]}, "grades": {"release_manager": "signed"}}],
    )
    freezes: Annotated[tuple[Freeze, ...], BeforeValidator(listed, json_schema_input_type=list[Freeze])] = Field(
        default=(),
        description="When nothing is released.",
        examples=[[{"start": "2026-12-20T00:00:00Z", "end": "2027-01-03T00:00:00Z"}]],
    )
    calendar: Place | None = Field(
        default=None,
        description="An iCalendar file (.ics) of times when nothing is released.",
        examples=["freezes.ics"],
    )
    allow: Hosts = Field(
        default=(), description="Hosts that may be asked besides those named here.", examples=[["*.example"]]
    )
    template: Place | None = Field(
        default=None,
        description="A team's own checklist template, relative to the file that names it.",
        examples=["team.yaml"],
    )


class Parameters(Part):
    """One release's two inputs: ``application``, what is released, and ``configuration``, where and how."""

    application: Application = Field(
        description="What is released.", examples=[{"name": "shop", "repository": "../shop", "version": "2.4.0"}]
    )
    configuration: Configuration = Field(
        default=Configuration(), description="Where and how it is released.", examples=[{"level": "B"}]
    )


def to_data(parameters: Parameters) -> dict[str, Any]:
    """The parameters as JSON data with the file's own names; secrets are still ``env:NAME``."""
    return parameters.model_dump(mode="json", by_alias=True)
