"""What a cell shows, kept up to a limit."""

from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

# Nothing that runs in a browser.
KEPT_MIME_TYPES = ("text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/jpeg")


@dataclass(frozen=True)
class Limits:
    cell_seconds: float = 20
    exercise_seconds: float = 60
    memory_bytes: int = 4 * 2**30
    output_bytes: int = 200_000  # kept of one cell
    flood_bytes: int = 20_000_000  # sent by one cell: then the kernel is killed


class Stopped(Exception):
    """The kernel cannot go on; the message is for the student."""


def error_output(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"\x1b[0;31m{name}\x1b[0m: {message}"])


class Outputs:
    """The outputs of a cell, streams joined, up to a limit."""

    def __init__(self, outputs: list[NotebookNode], limits: Limits):
        self.outputs, self.limits = outputs, limits
        self.received = self.kept = 0

    def add(self, message: dict) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return
        if kind == "stream":
            self._count(len(content["text"]))
            self._add_text(content["name"], content["text"])
            return
        if "data" in content:
            content["data"] = {mime: value for mime, value in content["data"].items() if mime in KEPT_MIME_TYPES}
        size = len(str(content))
        self._count(size)
        if kind == "error" or (content["data"] and self.kept + size <= 10 * self.limits.output_bytes):
            self.kept += size
            self.outputs.append(output_from_msg(message))

    def _count(self, size: int) -> None:
        self.received += size
        if self.received > self.limits.flood_bytes:
            raise Stopped(f"too much output: more than {self.limits.flood_bytes // 1_000_000} MB from one cell")

    def _add_text(self, name: str, text: str) -> None:
        room = self.limits.output_bytes - self.kept
        if room <= 0:
            return
        if len(text) > room:
            text = text[:room] + "\n... the rest of the output is left out ...\n"
        self.kept += len(text)
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.outputs.append(new_output("stream", name=name, text=text))
