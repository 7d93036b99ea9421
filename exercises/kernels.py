"""Run the cells of one exercise in a kernel of its own that can be killed: limits on time, memory and output."""

import os
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

from exercises.outputs import Limits, Outputs, Stopped, error_output

# Sent before the first cell. The limit on memory makes a hog fail with MemoryError instead of taking the machine along.
PRELUDE = """
import warnings
warnings.simplefilter("ignore")
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
except (ImportError, ValueError, OSError):
    pass
del warnings
globals().pop("resource", None)
"""
STARTUP_SECONDS = 120
POLL_SECONDS = 0.25
SILENCE_SECONDS = 3  # after the reply to a cell: then the end of its output is lost


@dataclass
class Run:
    """What running an exercise gave: the outputs of each cell that was reached, and why it stopped, if it did."""

    outputs: list[list[NotebookNode]] = field(default_factory=list)
    stopped: str | None = None


class _OurKernel(KernelSpecManager):
    """The kernel of this very Python, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[*launch, "--HistoryManager.hist_file=:memory:"], display_name="Python 3", language="python"
        )


def run_cells(sources: Sequence[str], limits: Limits, trusted: Collection[int] = ()) -> Run:
    """Run the sources one after the other in a fresh kernel. An error in one does not keep the next from running.

    `trusted` are the positions of cells that are not the student's and stand before all others. Their time is not
    counted: a first import can take longer than an exercise may.
    """
    run = Run()
    with tempfile.TemporaryDirectory(prefix="ex-", ignore_cleanup_errors=True) as folder:
        manager = _start(Path(folder))
        client = manager.blocking_client()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=STARTUP_SECONDS)
            client.execute(PRELUDE.format(memory=limits.memory_bytes), silent=True)
            left = limits.exercise_seconds
            for number, source in enumerate(sources):
                run.outputs.append([])
                seconds = STARTUP_SECONDS if number in trusted else min(limits.cell_seconds, left)
                started = time.monotonic()
                try:
                    _run_cell(manager, client, source, run.outputs[-1], seconds, limits)
                except TimeoutError:
                    whole = seconds == left < limits.cell_seconds
                    took = "the exercise" if whole else "the cell"
                    allowed = limits.exercise_seconds if whole else seconds
                    run.stopped = f"timed out: {took} took longer than {allowed:g} s"
                except Stopped as reason:
                    run.stopped = str(reason)
                if run.stopped:
                    run.outputs[-1].append(error_output("Stopped", run.stopped))
                    break
                left -= 0 if number in trusted else time.monotonic() - started
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
    return run


def _start(folder: Path) -> KernelManager:
    work = folder / "work"
    work.mkdir()
    manager = KernelManager(kernel_spec_manager=_OurKernel())
    manager.connection_file = str(folder / "kernel.json")
    if os.name == "posix":
        # Files instead of ports: two kernels that start at the same time cannot ask for the same one.
        manager.transport = "ipc"
        manager.ip = str(folder / "k")
    environment = {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "IPYTHONDIR": str(folder / "ipython"),
        "NBGRADER_EXECUTION": "autograde",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    manager.start_kernel(cwd=str(work), env=environment)
    return manager


def _run_cell(manager, client, source: str, outputs: list[NotebookNode], seconds: float, limits: Limits) -> None:
    """Run one cell and append what it shows to `outputs`; TimeoutError or Stopped if the kernel cannot go on."""
    deadline = time.monotonic() + seconds
    request = client.execute(source, allow_stdin=False, stop_on_error=False)
    collected = Outputs(outputs, limits)
    reply, idle, last_alive, last_heard = None, False, time.monotonic(), time.monotonic()
    while not (idle and reply):
        now = time.monotonic()
        if now > deadline:
            raise TimeoutError
        if now - last_alive > POLL_SECONDS:
            last_alive = now
            if not manager.is_alive():
                raise Stopped("the kernel died (the process ended, or ran out of memory)")
        wait = max(0.01, min(POLL_SECONDS, deadline - now))
        if reply is None:
            reply = _reply(client, request, wait if idle else 0)
            last_heard = time.monotonic()
        if idle:
            continue
        try:
            message = client.get_iopub_msg(timeout=wait)
        except Empty:
            if reply is not None and time.monotonic() - last_heard > SILENCE_SECONDS:
                # A queue that overflows drops messages, here the one that says that the cell is done.
                outputs.append(error_output("OutputLost", "more output at once than can be received: show less"))
                break
            continue
        last_heard = time.monotonic()
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "status":
            idle = message["content"]["execution_state"] == "idle" or idle
        else:
            collected.add(message)
    content = reply["content"]
    if content["status"] != "ok" and not any(output.output_type == "error" for output in outputs):
        # Somebody switched tracebacks off: the failure counts nevertheless.
        outputs.append(error_output(content.get("ename", "Error"), content.get("evalue", "the cell failed")))


def _reply(client, request: str, wait: float):
    try:
        while True:
            message = client.get_shell_msg(timeout=wait)
            if message["parent_header"].get("msg_id") == request:
                return message
    except Empty:
        return None
