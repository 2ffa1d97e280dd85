"""files.*: upload in Slack's second way (a URL, the bytes, the completion), and what is known of files."""

from sickbay.simulator import files as shared
from sickbay.simulator.errors import SlackError
from sickbay.simulator.responses import bot_message
from sickbay.simulator.store import BOT_USER
from sickbay.simulator.web_api import Desk, Wire, joined_channel
from sickbay.simulator.web_api.messages import thread_of
from sickbay.simulator.wire import mapping, number, sequence, string

#: Bytes of any file, characters for screen readers.
_HUGE, _ALT = 1_000_000_000, 1000


def upload_url(desk: Desk, call: Wire) -> Wire:
    """files.getUploadURLExternal."""
    name, length = string(call.get("filename")), number(call, "length", 0, wrong="invalid_arguments")
    if not name or not 1 <= length < _HUGE:
        raise SlackError("missing_argument")
    if call.get("snippet_type") and length > shared.SNIPPET:
        raise SlackError("snippet_too_large")
    if len(string(call.get("alt_txt"))) > _ALT:
        raise SlackError("alt_txt_too_large")
    file_id = shared.add(desk.store, desk.base_url, user=BOT_USER, name=name, size=int(length))["id"]
    return {"file_id": file_id, "upload_url": f"{desk.base_url}/upload/{file_id}"}


def complete(desk: Desk, call: Wire) -> Wire:
    """files.completeUploadExternal: the files, and where a channel is named a message that carries them."""
    parts = [mapping(part) for part in sequence(call.get("files"))]
    if not parts:
        raise SlackError("invalid_arguments", messages=["[ERROR] missing required field: files"])
    channels = [joined_channel(desk, {"channel": name}) for name in _channels(call)]
    threads = [thread_of(desk, channel, call) for channel in channels]
    files = [_uploaded(desk, part) for part in parts]
    if not channels:
        for file in files:
            shared.put_off(file)
    for channel, thread in zip(channels, threads, strict=True):
        message = bot_message(desk.store, {"text": call.get("initial_comment")})
        desk.store.post(channel["id"], message | {"files": files, "subtype": "file_share"} | thread)
    return {"files": files}


def _channels(call: Wire) -> list[str]:
    one, many = string(call.get("channel_id")), string(call.get("channels"))
    return [one] if one else [name.strip() for name in many.split(",") if name.strip()]


def _uploaded(desk: Desk, part: Wire) -> Wire:
    """Give a file whose bytes have come, titled as the call asks. Raises SlackError."""
    file = _known(desk, part.get("id"))
    content = desk.store.contents.get(file["id"])
    if content is None:
        raise SlackError("file_not_found")
    shared.fill(desk.store, file, content)
    file["title"] = string(part.get("title")) or file["name"]
    return file


def info(desk: Desk, call: Wire) -> Wire:
    """files.info. A picture that was not looked at yet is, once somebody has asked whether it was."""
    file = _known(desk, call.get("file"))
    told = dict(file)
    shared.look_at(file)
    return {"file": told}


def listing(desk: Desk, _call: Wire) -> Wire:
    """files.list."""
    files = [file for file in desk.store.files.values() if file.get("mode") != "tombstone"]
    return {"files": files, "paging": {"count": 100, "total": len(files), "page": 1, "pages": 1}}


def delete(desk: Desk, call: Wire) -> Wire:
    """files.delete: the bot's own."""
    file = _known(desk, call.get("file"))
    if file["user"] != BOT_USER:
        raise SlackError("cant_delete_file")
    shared.delete(desk.store, file)
    return {}


def _known(desk: Desk, file_id: object) -> Wire:
    return shared.known(desk.store, string(file_id))


METHODS = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
    "files.info": info,
    "files.list": listing,
    "files.delete": delete,
}
