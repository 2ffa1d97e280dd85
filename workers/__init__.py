"""The job process: takes jobs of its zones and runs the engine. Holds the targets' credentials, never Slack's."""
