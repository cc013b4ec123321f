"""Words and counts as sentences say them."""

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """Words as a sentence says them: ``a, b and c``."""
    all_words = tuple(words)
    return f"{', '.join(all_words[:-1])} and {all_words[-1]}" if len(all_words) > 1 else "".join(all_words)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 commit``, ``3 commits``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
