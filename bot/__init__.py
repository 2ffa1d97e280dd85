"""The Slack process: wiring, delivery to Slack, HTTP endpoints, and the command line."""
