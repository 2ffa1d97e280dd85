"""Pictures that messages show in a block: they come after their message, and are seen."""

import struct
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.integration.simulator_page.clinic import Clinic

pytestmark = pytest.mark.browser


def png(width: int, height: int) -> bytes:
    """Give a picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_list_at_its_end_stays_there_when_a_picture_comes(page: Page, clinic: Clinic) -> None:
    """Given a list of messages at its end, when the next ones have pictures, then the newest is seen whole."""
    file_id = clinic.client.files_upload_v2(content=png(640, 480), filename="chart.png")["files"][0]["id"]
    clinic.client.files_info(file=file_id)
    for number in range(30):
        clinic.post(f"Line {number}")
    expect(page.get_by_text("Line 29", exact=True)).to_be_in_viewport()

    for number in range(4):
        picture = {"type": "image", "slack_file": {"id": file_id}, "alt_text": f"Chart {number}"}
        below = {"type": "context", "elements": [{"type": "plain_text", "text": f"Below {number}"}]}
        clinic.post(blocks=[picture, below])

        expect(page.get_by_role("img", name=f"Chart {number}")).to_be_in_viewport(ratio=1)
        expect(page.get_by_text(f"Below {number}")).to_be_in_viewport()
