"""What a workspace begins with: its people, channels and groups, as Slack's own objects."""

import time

from sickbay.simulator.wire import Wire

TEAM: Wire = {"id": "T0LOCAL", "name": "Local workspace", "domain": "local"}
BOT_USER, BOT_ID, APP_ID = "U0SICKBAY", "B0SICKBAY", "A0SICKBAY"
PEOPLE = (
    ("U0ALICE", "alice", "Alice Example"),
    ("U0BOB", "bob", "Bob Example"),
    ("U0MALLORY", "mallory", "Mallory Example"),
)
CHANNELS = (
    ("C0OPS", "ops", "Where containers misbehave", True),
    ("C0GENERAL", "general", "Everything else", True),
    ("C0PAYMENTS", "payments", "The payments team", True),
    ("C0RANDOM", "random-without-bot", "Sickbay is not a member here", False),
)
USERGROUPS = (
    ("S0RESPONDERS", "responders", "Responders", ["U0ALICE", "U0BOB"]),
    ("S0APPROVERS", "approvers", "Approvers", ["U0ALICE"]),
)


def channel(channel_id: str, name: str, members: list[str], *, topic: str = "", user: str = "") -> Wire:
    """Give a channel, or with `user` that person's direct messages with the bot."""
    made: Wire = {
        "id": channel_id,
        "name": name,
        "is_channel": not user,
        "is_im": bool(user),
        "is_private": bool(user),
        "is_archived": False,
        "is_member": BOT_USER in members,
        "created": int(time.time()),
        "creator": members[0],
        "members": members,
        "num_members": len(members),
        "topic": {"value": topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "bookmarks": [],
        "pins": [],
    }
    return made | ({"user": user} if user else {})


def user(user_id: str, name: str, real_name: str) -> Wire:
    """Give a person, or the app's."""
    profile = {"real_name": real_name, "display_name": name, "email": f"{name}@example.test"}
    is_bot = user_id == BOT_USER
    return {
        "id": user_id,
        "team_id": TEAM["id"],
        "name": name,
        "real_name": real_name,
        "deleted": False,
        "is_bot": is_bot,
        "is_app_user": False,
        "tz": "Europe/London",
        "tz_offset": 0,
        "presence": "active",
        "profile": profile | ({"bot_id": BOT_ID} if is_bot else {}),
    }


def usergroup(group_id: str, handle: str, name: str, users: list[str]) -> Wire:
    """Give a group of people."""
    return {
        "id": group_id,
        "team_id": TEAM["id"],
        "is_usergroup": True,
        "is_external": False,
        "name": name,
        "handle": handle,
        "description": "",
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "created_by": users[0],
        "updated_by": users[0],
        "users": list(users),
        "user_count": len(users),
    }
