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
