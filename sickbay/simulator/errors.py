"""Slack's way to refuse: an error code in an answer that is otherwise HTTP 200."""

from collections.abc import Mapping, Sequence


class SlackError(Exception):
    """Raised to answer `{"ok": false, "error": code}`: `details` go into `errors`, `messages` into the metadata."""

    def __init__(
        self,
        code: str,
        *,
        details: Sequence[str] = (),
        messages: Sequence[str] = (),
        more: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.details = tuple(details)
        self.messages = tuple(messages)
        #: What the answer says besides, such as the scope that was needed.
        self.more = dict(more or {})
