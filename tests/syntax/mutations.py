"""Texts that are nearly right: real samples, and random damage done to them in the ways that files are damaged."""

import random

SIGNS = "'\"`\\{}[]()<>:#@%=,~|"
NASTY = [
    *SIGNS,
    "\x00",
    "\ufeff",
    "\u202e",
    "\ud7ff",
    "\U0001f600",
    "\r\n",
    "\t",
    " " * 5000,
    "é" * 50,
    "9" * 5000,
    "- ",
]
NASTY += ["&a", "*a", "<<", "${", "${X:-", "{{", "}}", "!!python/object:os.system", ">-", "---", "...", "1e999", "NaN"]
NASTY += ["0x", "<<EOF", "<!DOCTYPE a [", "]]>", "$$", "\\u0000", "//", "/*", "*/", "null", "&amp;"]


def mutated(sample: str, seed: int) -> str:
    """One damaged copy of a sample; the same for the same seed."""
    chance = random.Random(seed)
    text = sample
    for _ in range(chance.randint(1, 4)):
        text = _once(text, chance)
    return text


def _once(text: str, chance: random.Random) -> str:
    at, end = sorted(chance.randint(0, len(text)) for _ in range(2))
    piece = text[at : min(end, at + 200)]
    damage = chance.randrange(7)
    if damage == 0:
        return text[:at] + chance.choice(NASTY) + text[at:]
    if damage == 1:
        return text[:at] + text[end:]
    if damage == 2:
        return text[:at] + piece * chance.choice([2, 3, 300]) + text[end:]
    if damage == 3:
        return text[:at]
    if damage == 4:
        return text[:at] + chance.choice(NASTY) * chance.choice([1, 10, 3000]) + text[at:]
    if damage == 5:
        return text[:at] + chr(chance.choice([*range(0x20, 0x7F), 0x85, 0xA0, 0x2028, 0xFFFD])) + text[at + 1 :]
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)
