"""files.*: upload in Slack's second way (a URL, the bytes, the completion), and what is known of files."""

import time

from sickbay.simulator.errors import SlackError
from sickbay.simulator.responses import bot_message
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire

_PREVIEW = 2000
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml"}


def upload_url(desk: Desk, call: Wire) -> Wire:
    """files.getUploadURLExternal."""
    name, length = str(call.get("filename") or ""), int(call.get("length") or 0)
    if not name or length < 1:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: filename or length"])
    file_id = desk.store.id("F")
    kind = name.rsplit(".", 1)[-1].lower()
    desk.store.files[file_id] = {
        "id": file_id,
        "created": int(time.time()),
        "name": name,
        "title": name,
        "mimetype": _IMAGES.get(kind, "text/plain"),
        "filetype": kind if kind in _IMAGES else "text",
        "size": length,
        "user": BOT_USER,
        "url_private": f"{desk.base_url}/workspace/files/{file_id}",
        "permalink": f"{desk.base_url}/workspace/files/{file_id}",
    }
    return {"file_id": file_id, "upload_url": f"{desk.base_url}/upload/{file_id}"}


def complete(desk: Desk, call: Wire) -> Wire:
    """files.completeUploadExternal: the files, and where a channel is named a message that carries them."""
    files = []
    for part in call.get("files") or []:
        file = _known(desk, part.get("id"))
        content = desk.store.contents.get(file["id"])
        if content is None:
            raise SlackError("file_not_uploaded")
        file["title"] = part.get("title") or file["name"]
        if file["mimetype"] == "text/plain":
            file["preview"] = content.decode(errors="replace")[:_PREVIEW]
        files.append(file)
    if call.get("channel_id"):
        channel = desk.store.channel(call["channel_id"])
        if BOT_USER not in channel["members"]:
            raise SlackError("not_in_channel")
        message = bot_message({"text": call.get("initial_comment") or ""}) | {"files": files, "subtype": "file_share"}
        thread = {"thread_ts": str(call["thread_ts"])} if call.get("thread_ts") else {}
        desk.store.post(channel["id"], message | thread)
    return {"files": files}


def info(desk: Desk, call: Wire) -> Wire:
    """files.info."""
    return {"file": _known(desk, call.get("file"))}


def listing(desk: Desk, _call: Wire) -> Wire:
    """files.list."""
    files = list(desk.store.files.values())
    return {"files": files, "paging": {"count": 100, "total": len(files), "page": 1, "pages": 1}}


def delete(desk: Desk, call: Wire) -> Wire:
    """files.delete."""
    file = _known(desk, call.get("file"))
    del desk.store.files[file["id"]]
    desk.store.contents.pop(file["id"], None)
    return {}


def _known(desk: Desk, file_id: object) -> Wire:
    if file_id not in desk.store.files:
        raise SlackError("file_not_found")
    return desk.store.files[str(file_id)]


METHODS = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
    "files.info": info,
    "files.list": listing,
    "files.delete": delete,
}
