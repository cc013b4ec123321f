"""The parts of a parameter file that say what is asked of forges, services and databases. Asks nobody."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from releasekit.parameters.values import Label, SecretRef, Url


class Part(BaseModel):
    """A section: frozen, without conversions, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def listed(value: object) -> object:
    """A list as the tuple that a frozen section holds."""
    return tuple(value) if isinstance(value, list) else value


def one_or_more(value: object) -> object:
    """A text or a list as the tuple that a frozen section holds."""
    return (value,) if isinstance(value, str) else listed(value)


class Forge(Part):
    """Where reviews are asked for: GitHub or GitLab, one of the two."""

    github: Url | None = Field(
        default=None, description="The address of GitHub's API.", examples=["https://api.github.com"]
    )
    gitlab: Url | None = Field(default=None, description="The address of GitLab.", examples=["https://gitlab.example"])
    project: str = Field(
        min_length=1,
        max_length=300,
        pattern=r"^[\w.-]+(?:/[\w.-]+)+$",
        description="The project there.",
        examples=["shop/storefront"],
    )
    token: SecretRef | None = Field(
        default=None, description="Where the token that may read it is kept.", examples=["env:FORGE_TOKEN"]
    )

    @model_validator(mode="after")
    def _one(self) -> "Forge":
        if (self.github is None) == (self.gitlab is None):
            raise ValueError("needs github or gitlab, one of the two")
        return self


class Alertmanager(Part):
    """Where it is asked which alerts are silenced."""

    url: Url = Field(description="The address of Alertmanager.", examples=["https://alerts.example.com"])
    token: SecretRef | None = Field(
        default=None, description="Where the bearer token for it is kept.", examples=["env:ALERTMANAGER_TOKEN"]
    )


class Registry(Part):
    """Where the service's images are kept. It must answer without a login."""

    url: Url = Field(description="The address of the registry.", examples=["https://registry.example.com"])
    image: str = Field(
        max_length=255,
        pattern=r"^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$",
        description="The image's name there, without a tag.",
        examples=["shop/storefront"],
    )


HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$")]
Answer = Annotated[str, Field(pattern=r"^[A-Za-z0-9:](?:[A-Za-z0-9.:-]{0,252})$")]
Answers = Annotated[
    tuple[Answer, ...], Field(min_length=1), BeforeValidator(one_or_more, json_schema_input_type=str | list[str])
]


class Logs(Part):
    """Where error logs are asked for."""

    loki: Url | None = Field(default=None, description="The address of Loki.", examples=["https://logs.example.com"])
    token: SecretRef | None = Field(
        default=None, description="Where the bearer token for Loki is kept.", examples=["env:LOKI_TOKEN"]
    )
    query: str = Field(
        default="",
        max_length=4000,
        description="The LogQL expression that counts errors.",
        examples=['sum(count_over_time({app="shop"} |= "error" [15m]))'],
    )


class Visit(Part):
    """One step of a journey: an address that is asked (GET), and what must come back."""

    url: Url = Field(description="The address that is asked.", examples=["https://shop.example.com/products"])
    status: int = Field(default=200, ge=100, le=599, description="The HTTP status that must come.", examples=[200])
    contains: str = Field(
        default="", max_length=500, description="A text that the answer must contain.", examples=["Add to cart"]
    )


def _visit(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _visits(value: object) -> object:
    return tuple(map(_visit, value)) if isinstance(value, list) else value


Journey = Annotated[
    tuple[Visit, ...], Field(min_length=1), BeforeValidator(_visits, json_schema_input_type=list[str | Visit])
]


class Invariant(Part):
    """What must hold in the database: a query for one number, and the number it must be."""

    name: Label = Field(description="What must hold, as people say it.", examples=["no order without a customer"])
    sql: str = Field(
        min_length=1,
        max_length=8000,
        description="A query that reads and yields one number.",
        examples=["SELECT count(*) FROM orders WHERE customer_id IS NULL"],
    )
    equals: int | float | None = Field(default=None, description="The number it must be.", examples=[0])
    at_least: int | float | None = Field(default=None, description="The least it may be.", examples=[1])
    at_most: int | float | None = Field(default=None, description="The most it may be.", examples=[100])

    @model_validator(mode="after")
    def _bounded(self) -> "Invariant":
        if self.equals is None and self.at_least is None and self.at_most is None:
            raise ValueError("needs equals, at_least or at_most")
        return self


Invariants = Annotated[tuple[Invariant, ...], BeforeValidator(listed, json_schema_input_type=list[Invariant])]
