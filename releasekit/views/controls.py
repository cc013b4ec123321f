"""Buttons and forms as HTML that the guard understands: pressed, they become intents. Knows no run and no widget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from releasekit.document.html import NONE, Html, element, text


@dataclass(frozen=True, slots=True)
class Field:
    """What a form asks for; ``options`` make it a choice, ``required`` is seen to before it is sent."""

    name: str
    label: str
    required: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""


def button(
    label: str, act: str, key: str, about: str = "", expanded: bool | None = None, given: Mapping[str, str] = NONE
) -> Html:
    """A button for one intent. ``about`` is read out after the label; ``given`` goes along with the intent."""
    named = {f"data_rk_give_{name}": value for name, value in given.items()}
    if expanded is not None:
        named["aria_expanded"] = "true" if expanded else "false"
    inner = (text(label), _unseen(about))
    return element("button", *inner, cls="rk-button", type="button", data_rk_act=act, data_rk_key=key, more=named)


def form(
    label: str, act: str, key: str, fields: Iterable[Field], about: str = "", given: Mapping[str, str] = NONE
) -> Html:
    """Fields and the button that sends them. ``key`` is unlike any other in the walkthrough."""
    inner = (*map(_field, fields), button(label, act, key, about, given=given))
    return element("form", *inner, cls="rk-form", data_rk_key=key)


def look(label: str, ui: str, given: Mapping[str, str] = NONE) -> Html:
    """A button that changes only what is seen: no intent, the kernel does not hear of it."""
    named = {f"data_rk_{name}": value for name, value in given.items()}
    return element("button", text(label), cls="rk-button", type="button", data_rk_ui=ui, more=named)


def group(*children: Html, label: str = "", cls: str = "rk-controls") -> Html:
    """Controls that belong together, in our own look."""
    return element("div", *children, cls=f"releasekit {cls}", role="group" if label else "", aria_label=label)


def _field(field: Field) -> Html:
    label = element("span", text(field.label))
    named = {"name": field.name, "data_rk_label": field.label}
    if field.required:
        named |= {"required": "required", "aria_required": "true"}
    if field.options:
        options = (element("option", text(option), value=option) for option in field.options)
        return element("label", label, element("select", *options, more=named))
    asked = element("input", void=True, type="text", placeholder=field.hint, autocomplete="off", more=named)
    return element("label", label, asked)


def _unseen(said: str) -> Html:
    return element("span", text(f" {said}"), cls="rk-unseen") if said else Html("")
