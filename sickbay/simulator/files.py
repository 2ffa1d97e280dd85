"""A file as Slack tells of it: what kind it is, where its bytes are, and how it looks before one opens it.

Sources: docs.slack.dev (the file object, message event file_share), as of 2026.
"""

import base64
import time
from urllib.parse import quote

from sickbay.simulator.errors import SlackError
from sickbay.simulator.store import TEAM, Store
from sickbay.simulator.wire import Wire, mapping, sequence, string

#: Bytes of a text that is a snippet, which is the most that a person may attach here; files of one message.
SNIPPET, MOST_FILES = 1_000_000, 10
#: Characters of a file's name.
_NAME = 255
#: Characters and lines of a file that stand in its message.
_PREVIEW, _PREVIEW_LINES = 2000, 10
#: Bytes of all files together.
_MOST_BYTES = 200_000_000
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml"}
#: By a name's end: Slack's type of a text, and its name for people.
#: What a block may show.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif"})
_TEXTS = {
    "dockerfile": ("dockerfile", "Docker"),
    "yaml": ("yaml", "YAML"),
    "yml": ("yaml", "YAML"),
    "json": ("json", "JSON"),
    "log": ("log", "Log"),
    "md": ("markdown", "Markdown"),
    "py": ("python", "Python"),
    "sh": ("shell", "Shell"),
}
_TOMBSTONE = "tombstone"


def add(store: Store, base_url: str, *, user: str, name: str, size: int) -> Wire:
    """Make a file of which no bytes have come, and give it."""
    file_id, now = store.id("F"), int(time.time())
    kind = name.rsplit(".", 1)[-1].lower()
    filetype, pretty = (kind, kind.upper()) if kind in _IMAGES else _TEXTS.get(kind, ("text", "Plain Text"))
    place = f"{base_url}/files-pri/{TEAM['id']}-{file_id}"
    file: Wire = {
        "id": file_id,
        "created": now,
        "timestamp": now,
        "name": name,
        "title": name,
        "mimetype": _IMAGES.get(kind, "text/plain"),
        "filetype": filetype,
        "pretty_type": pretty,
        "user": user,
        "user_team": TEAM["id"],
        "editable": kind not in _IMAGES,
        "size": size,
        "mode": "hosted" if kind in _IMAGES else "snippet",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{place}/{quote(name, safe='')}",
        "url_private_download": f"{place}/download/{quote(name, safe='')}",
        "permalink": f"{base_url}/files/{user}/{file_id}/{quote(name, safe='')}",
        "file_access": "visible",
    }
    store.files[file_id] = file
    return file


def hold(store: Store, file_id: str, content: bytes) -> None:
    """Keep a file's bytes; where they are too many, the oldest files are deleted."""
    store.contents[file_id] = content
    while sum(map(len, store.contents.values())) > _MOST_BYTES and next(iter(store.contents)) != file_id:
        oldest = next(iter(store.contents))
        delete(store, store.files[oldest])


def fill(store: Store, file: Wire, content: bytes) -> None:
    """Give a file its bytes: text gets a preview, what is neither text nor picture is a file of no known kind."""
    hold(store, file["id"], content)
    file["size"] = len(content)
    if file["mode"] != "snippet":
        return
    if (text := _text(content)) is None:
        file.update(mimetype="application/octet-stream", filetype="binary", pretty_type="Binary")
        file.update(mode="hosted", editable=False)
        return
    lines = text.splitlines(keepends=True)
    shown = "".join(lines[:_PREVIEW_LINES])[:_PREVIEW]
    file.update(preview=shown, lines=len(lines), lines_more=max(0, len(lines) - _PREVIEW_LINES))


def attached(store: Store, base_url: str, *, user: str, parts: list[Wire]) -> list[Wire]:
    """Make the files that a person attaches, each a `name` and its `content` in base64. Raises SlackError."""
    if len(parts) > MOST_FILES:
        raise SlackError("too_many_files", messages=[f"A message takes {MOST_FILES} files, not {len(parts)}."])
    named = [(_base_name(string(part.get("name"))), _content(part)) for part in parts]
    for name, content in named:
        if not content:
            raise SlackError("file_empty", messages=[f"{name} is empty."])
        if len(content) > SNIPPET:
            raise SlackError("file_too_large", messages=[f"{name} is larger than 1 MB, the most for a snippet."])
    files = []
    for name, content in named:
        files.append(add(store, base_url, user=user, name=name, size=len(content)))
        fill(store, files[-1], content)
    return files


def delete(store: Store, file: Wire) -> None:
    """Take a file away; in its message a tombstone stays, as in Slack."""
    gone = {"id": file["id"], "mode": _TOMBSTONE}
    store.files[file["id"]] = gone
    store.contents.pop(file["id"], None)
    for channel in store.messages.values():
        for message in channel.values():
            if any(item["id"] == file["id"] for item in message.get("files", ())):
                message["files"] = [gone if item["id"] == file["id"] else item for item in message["files"]]
                store.changed(message)


def known(store: Store, file_id: str) -> Wire:
    """Give a file that is there. Raises SlackError."""
    if file_id not in store.files:
        raise SlackError("file_not_found")
    if store.files[file_id].get("mode") == _TOMBSTONE:
        raise SlackError("file_deleted")
    return store.files[file_id]


def put_off(file: Wire) -> None:
    """Have a picture looked at later, as Slack does with one that stands in no message: until then it has no type."""
    if file["filetype"] in _IMAGES:
        file["mimetype"] = ""


def look_at(file: Wire) -> None:
    """Give a picture its type, from when on blocks may show it."""
    if file.get("filetype") in _IMAGES:
        file["mimetype"] = _IMAGES[file["filetype"]]


def check_pictures(store: Store, message: Wire) -> None:
    """Refuse a message that shows a picture which is not there, or was not looked at yet. Raises SlackError."""
    parts = [message, *sequence(message.get("attachments"))]
    blocks = [mapping(block) for part in parts for block in sequence(mapping(part).get("blocks"))]
    details = [
        f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"
        for number, block in enumerate(blocks)
        if block.get("slack_file")
        and store.files.get(string(mapping(block["slack_file"]).get("id")), {}).get("mimetype") not in _SHOWN
    ]
    if details:
        raise SlackError("invalid_blocks", details=details)


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][:_NAME] or "Untitled"


def _content(part: Wire) -> bytes:
    try:
        return base64.b64decode(string(part.get("content")), validate=True)
    except ValueError:
        raise SlackError("invalid_file") from None


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
