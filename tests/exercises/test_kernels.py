"""A kernel for each exercise: what is kept of its output, and every way in which it has to be stopped."""

import time
from pathlib import Path

from exercises.kernels import run_cells
from exercises.outputs import Limits

LIMITS = Limits(cell_seconds=30, exercise_seconds=60)
SHORT = Limits(cell_seconds=3, exercise_seconds=60)


def texts(run):
    return ["".join(o.get("text", "") for o in outputs if o.get("name") == "stdout") for outputs in run.outputs]


def errors(outputs):
    return [output.ename for output in outputs if output.output_type == "error"]


def test_cells_share_a_kernel_and_an_error_does_not_end_it():
    run = run_cells(["x = 1", "1 / 0", "print(x)\nx + 1", "input()"], LIMITS)
    assert run.stopped is None
    assert errors(run.outputs[1]) == ["ZeroDivisionError"]
    assert [o.output_type for o in run.outputs[2]] == ["stream", "execute_result"]
    assert run.outputs[2][1].data["text/plain"] == "2"
    assert errors(run.outputs[3]) == ["StdinNotImplementedError"]


def test_the_working_folder_is_temporary_and_warnings_are_silent():
    cells = ["import os; open('left.txt', 'w').close(); print(os.getcwd())", "import warnings; warnings.warn('x')"]
    run = run_cells([*cells, "import sys; print('told', file=sys.stderr)"], LIMITS)
    folder = Path(texts(run)[0].strip())
    assert folder != Path.cwd()
    assert not folder.exists()
    assert run.outputs[1] == []
    assert [(o.name, o.text) for o in run.outputs[2]] == [("stderr", "told\n")]


def test_an_error_counts_when_tracebacks_are_switched_off():
    run = run_cells(["get_ipython().showtraceback = lambda *a, **k: None", "1 / 0"], LIMITS)
    assert errors(run.outputs[1]) == ["ZeroDivisionError"]


def test_a_cell_that_does_not_end_is_killed():
    """Loops that cannot be interrupted are among the class of test_grading."""
    run = run_cells(["x = 1", "import time\nprint('so far', flush=True)\ntime.sleep(1000)", "x"], SHORT)
    assert run.stopped == "timed out: the cell took longer than 3 s"
    assert texts(run) == ["", "so far\n"]
    assert errors(run.outputs[1]) == ["Stopped"]


def test_an_exercise_has_a_limit_too_and_trusted_cells_do_not_count():
    sleep = "import time; time.sleep(2)"
    limits = Limits(cell_seconds=30, exercise_seconds=3.5)
    run = run_cells([sleep, sleep, "x = 1", sleep, "1"], limits, trusted=[0])
    assert run.stopped == "timed out: the exercise took longer than 3.5 s"
    assert len(run.outputs) == 4


def test_a_kernel_that_ends_is_noticed():
    run = run_cells(["import os\nos._exit(0)", "1"], LIMITS)
    assert run.stopped is not None and run.stopped.startswith("the kernel died")
    assert len(run.outputs) == 1


def test_a_flood_of_output_is_stopped_and_a_long_output_is_cut():
    run = run_cells(["while True:\n    print('x' * 1000)"], LIMITS)
    assert run.stopped == "too much output: more than 20 MB from one cell"
    assert len(str(run.outputs)) < 2 * LIMITS.output_bytes
    run = run_cells(["print('x' * 1_000_000)", "for n in range(3000): display(n)", "print('end')"], LIMITS)
    assert run.stopped is None
    assert not errors(run.outputs[1]) or errors(run.outputs[1]) == ["OutputLost"]
    assert "the rest of the output is left out" in texts(run)[0]
    assert len(str(run.outputs)) < 12 * LIMITS.output_bytes
    assert texts(run)[2] == "end\n"


def test_a_memory_hog_gets_an_error():
    run = run_cells(["x = bytearray(3 * 2**30)", "print('alive')"], Limits(memory_bytes=2 * 2**30))
    assert errors(run.outputs[0]) == ["MemoryError"]
    assert texts(run)[1] == "alive\n"


def test_processes_that_a_cell_started_end_with_the_kernel(tmp_path):
    beat = tmp_path / "beat"
    loop = f"import time, pathlib\nwhile True:\n    pathlib.Path({str(beat)!r}).touch(); time.sleep(0.05)"
    start = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {loop!r}])\ntime.sleep(1.5)"
    run_cells([start], LIMITS)
    time.sleep(0.3)
    assert beat.exists()
    beat.unlink()
    time.sleep(0.5)
    assert not beat.exists()
