"""One Slack interaction a file: parse, authorise, submit, acknowledge. Nothing slow happens here."""
