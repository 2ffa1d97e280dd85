"""What is wrong with the rules of a policy, beyond the form of each."""

from collections.abc import Iterator, Mapping, Sequence

from sickbay.diagnostics.targets import Target
from sickbay.incidents.policy import DEFAULT_RULE, Rule, matches
from sickbay.settings.problems import KeyPath


def rule_problems(rules: Sequence[Rule], targets: Mapping[str, Target] | None) -> list[tuple[KeyPath, str]]:
    """Give the names that stand twice or are taken, and the patterns that none of the file's targets matches.

    Such a pattern is most likely misspelt, and what it was to guard would stand open. Where targets are found at each
    start anew (None), one that is away must not keep the bot from starting.
    """
    problems: list[tuple[KeyPath, str]] = []
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.name == DEFAULT_RULE:
            problems.append((("policy", index, "name"), f"{DEFAULT_RULE!r} stands for what holds without rules"))
        elif rule.name in seen:
            problems.append((("policy", index, "name"), f"another rule is named {rule.name!r} too"))
        seen.add(rule.name)
        if targets is not None:
            problems += [(("policy", index, *path), message) for path, message in _unmatched(rule, targets)]
    return problems


def _unmatched(rule: Rule, targets: Mapping[str, Target]) -> Iterator[tuple[KeyPath, str]]:
    names = ", ".join(sorted(targets)) or "none"
    for index, pattern in enumerate(rule.on or ()):
        if not any(matches(pattern, target) for target in targets.values()):
            yield ("on", index), f"no target of this file matches {pattern!r}; its targets: {names}"
