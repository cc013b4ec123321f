"""Who may sign, as a parameter file says it: who is who, and how well a person must be known. Judges no signature."""

from typing import Literal

from pydantic import Field

from releasekit.parameters.asking import Part
from releasekit.parameters.values import Label, Labels, Place

Role = Literal["technical_lead", "devops_engineer", "product_owner", "release_manager"]
Grade = Literal["self-declared", "authenticated", "signed"]


class Signing(Part):
    """Who is who, and how well a person must be known to sign."""

    people: dict[Label, Labels] = Field(
        default={},
        description="Other names, addresses and key fingerprints of one person, by name.",
        examples=[{"Ada Lovelace": ["ada", "ada@example.com"]}],
    )
    grades: dict[Role, Grade] = Field(
        default={},
        description="How well whoever signs for a role must be known: self-declared, authenticated (by the database"
        " or JupyterHub) or signed (with an SSH key).",
        examples=[{"release_manager": "signed"}],
    )
    several_roles: bool = Field(
        default=False, description="Whether one person may sign for several roles.", examples=[False]
    )
    authors: Literal["one", "none", "any"] = Field(
        default="one",
        description="Whether authors of the commits may sign: one of the signers must have written none of them, none"
        " of the signers may have written any, or anybody may.",
        examples=["one"],
    )
    allowed_signers: Place | None = Field(
        default=None,
        description="The file of keys that may sign, as ssh-keygen reads it.",
        examples=["allowed_signers"],
    )
