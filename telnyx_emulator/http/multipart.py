"""Forms with files in them (multipart/form-data), taken apart byte by byte: nothing in a file is touched."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from telnyx_emulator.core.errors import BadRequest

NOT_WELL_FORMED = "The multipart body is not well-formed."


@dataclass(frozen=True, slots=True)
class FormPart:
    """A field of a form: its bytes, and what its sender says about them. A `filename` makes it a file."""

    name: str
    content: bytes
    filename: str | None
    content_type: str | None

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


def form_parts(content_type: str, raw: bytes) -> dict[str, FormPart]:
    """The fields of a form by name; of equal names the last one counts."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if not boundary:
        raise BadRequest(NOT_WELL_FORMED)
    sections = (b"\r\n" + raw).split(b"\r\n--" + boundary.encode("latin-1", "replace"))
    if len(sections) < 3 or not sections[-1].startswith(b"--"):
        raise BadRequest(NOT_WELL_FORMED)
    parts = [_part(section) for section in sections[1:-1]]
    return {part.name: part for part in parts}


def _part(section: bytes) -> FormPart:
    head, gap, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = BytesHeaderParser().parsebytes(head)
    name = headers.get_param("name", header="content-disposition")
    if not gap or not isinstance(name, str):
        raise BadRequest(NOT_WELL_FORMED)
    kind = headers.get_content_type() if "content-type" in headers else None
    return FormPart(name, content, headers.get_filename(), kind)
