"""What a message tells of targets: names of targets, of what runs there, ARNs, container ids, labels of an alert.

People paste an alert and ask what is behind it; what they get is a choice, never a guess that is run at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sickbay.diagnostics.targets import Target

_ARN = re.compile(r"arn:aws[\w-]*:ecs:([\w-]+):\d+:(?:service|task|container-instance|cluster)/([\w-]+)(?:/([\w-]+))?")
#: An account's number in an ARN has twelve digits too, between colons.
_CONTAINER_ID = re.compile(r"(?<![\w:-])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![\w-])")
_LABEL = re.compile(r"""["']?\b(\w+)["']?\s*[=:]\s*["'`]?([\w./:@-]+)""")
_WORD = re.compile(r"[\w][\w./:@~-]*[\w]|\w")
#: Labels of alerts that name a workload, the most telling first (kube-state-metrics, cAdvisor).
_WORKLOADS = ("deployment", "statefulset", "daemonset", "pod", "service", "container", "job")
#: Characters of a message that are looked at.
_MOST = 20_000
#: Characters of a clue: a form carries several along, in 3,000 characters at most.
_LONGEST = 200
#: The parts of a message in which text stands.
_SPOKEN = ("text", "fallback", "title", "pretext", "value", "fields", "elements", "blocks", "attachments", "rows")
_PODLIKE = re.compile(r"-[a-f0-9]{6,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$|-\d+$")


class Clue(msgspec.Struct, frozen=True):
    """A target and a scope that a message speaks of, likely."""

    target: str
    scope: str = ""

    @property
    def told(self) -> str:
        """Give it as people read it."""
        return f"{self.target} › {self.scope}" if self.scope else self.target


def words_of(message: Mapping[str, Any]) -> str:
    """Give all text of a message in Slack's shape: its own, that of its blocks and of its attachments."""
    found: list[str] = []
    waiting: list[Any] = [{key: message.get(key) for key in ("text", "blocks", "attachments")}]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, Mapping):
            waiting += [part[name] for name in _SPOKEN if part.get(name)]
        elif isinstance(part, Sequence):
            waiting += part
    return "\n".join(found)[:_MOST]


def clues_of(text: str, targets: Mapping[str, Target], scopes: Mapping[str, Sequence[str]]) -> tuple[Clue, ...]:
    """Give what the text may speak of, the likeliest first. `scopes` are those that are known of each target."""
    labels = {key.lower(): value for key, value in _LABEL.findall(text)}
    words = dict.fromkeys(word.rstrip(".,:") for word in _WORD.findall(text))
    named = [name for name in targets if name in words or name == labels.get("cluster")]
    clusters = [name for name, target in targets.items() if target.platform in {"kubernetes", "aks"}]
    hosts = [name for name, target in targets.items() if target.platform == "docker"]
    found = [
        *_arns(text, targets),
        *_known(words, labels, named or list(targets), scopes),
        *_labelled(labels, named or clusters),
        *_containers(text, named or hosts),
        *(Clue(name) for name in named),
    ]
    return tuple(clue for clue in dict.fromkeys(found) if len(clue.told) <= _LONGEST)


def _arns(text: str, targets: Mapping[str, Target]) -> Iterator[Clue]:
    for region, cluster, service in _ARN.findall(text):
        for name, target in targets.items():
            if (getattr(target, "region", None), getattr(target, "cluster", None)) == (region, cluster):
                yield Clue(name, service if f":service/{cluster}/{service}" in text else "")


def _known(
    words: Mapping[str, None], labels: Mapping[str, str], targets: Sequence[str], scopes: Mapping[str, Sequence[str]]
) -> Iterator[Clue]:
    """Yield what runs in a target by that very name; a name within a namespace counts beside its namespace's label."""
    namespace = labels.get("namespace", "")
    plain = {_PODLIKE.sub("", word) for word in words} | set(words)
    for target in targets:
        # A workload tells more than its namespace.
        for scope in sorted(scopes.get(target, ()), key=lambda scope: -scope.count("/")):
            place, _, name = scope.rpartition("/")
            if scope in words or (name in plain and len(name) > 2 and place in {"", namespace}):
                yield Clue(target, scope)


def _labelled(labels: Mapping[str, str], targets: Sequence[str]) -> Iterator[Clue]:
    namespace = labels.get("namespace") or labels.get("exported_namespace")
    for target in targets:
        if namespace:
            yield from (Clue(target, f"{namespace}/{labels[kind]}") for kind in _WORKLOADS if kind in labels)
            yield Clue(target, namespace)
        if node := labels.get("node"):
            yield Clue(target, f"node/{node}")


def _containers(text: str, targets: Sequence[str]) -> Iterator[Clue]:
    for found in _CONTAINER_ID.findall(text):
        yield from (Clue(target, found[:12]) for target in targets)
