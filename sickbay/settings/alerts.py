"""What is wrong with the section `alerts`, beyond the form of each rule, and the secrets that its senders need."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.targets import Target
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.settings.problems import KeyPath, Problem, SettingsError, nearest
from sickbay.settings.secrets import Secrets

#: The variable that holds the secret of each sender; SNS signs with a key of its own.
VARIABLES: Mapping[SenderName, str] = {
    SenderName.ALERTMANAGER: "ALERTS_ALERTMANAGER_TOKEN",
    SenderName.GRAFANA: "ALERTS_GRAFANA_TOKEN",
    SenderName.PAGERDUTY: "ALERTS_PAGERDUTY_SECRET",
    SenderName.AZURE: "ALERTS_AZURE_TOKEN",
    SenderName.GENERIC: "ALERTS_GENERIC_TOKEN",
}


def alert_problems(alerts: AlertSettings, targets: Mapping[str, Target] | None) -> Iterator[tuple[KeyPath, str]]:
    """Give what does not fit together; `targets` is None where they are found at each start anew."""
    if SenderName.SNS in alerts.senders and not alerts.topics:
        yield ("alerts", "senders"), "`sns` needs `topics`: the ARNs of those whose alarms are taken"
    if alerts.topics and SenderName.SNS not in alerts.senders:
        yield ("alerts", "topics"), "are those of `sns`, which `senders` does not name"
    for index, rule in enumerate(alerts.targets):
        if targets is not None and rule.target not in targets:
            hint, known = nearest(rule.target, targets), ", ".join(sorted(targets)) or "none"
            message = f"no target of this file is named {rule.target!r}{hint}; its targets: {known}"
            yield ("alerts", "targets", index, "target"), message


def alert_secrets(alerts: AlertSettings, secrets: Secrets) -> dict[SenderName, str]:
    """Give the secret of each sender that is configured. Raises SettingsError with those that are missing."""
    found, problems = {}, []
    for name in alerts.senders:
        variable = VARIABLES.get(name)
        secret = getattr(secrets, variable.lower()) if variable else None
        if secret:
            found[name] = secret.get_secret_value()
        elif variable:
            message = f"is not set, and alerts.senders names {name}: set it, or {variable}_FILE"
            problems.append(Problem(place=variable, message=message))
    if problems:
        raise SettingsError(problems)
    return found
