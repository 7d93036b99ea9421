"""The Triton kernel as compiled for an H100: it fits, uses the tensor cores, and copies over nothing still in use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "compile_triton_programs.py"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    pytest.importorskip("triton", reason="Triton is made for Linux only")
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    environment |= {"TRITON_CACHE_DIR": str(tmp_path_factory.mktemp("triton")), "PYTHONPATH": str(HERE.parents[1])}
    run = subprocess.run([sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_case_was_compiled(compiled):
    assert [x["program"] for x in compiled] == ["fused_sums"] * 5 + ["tile_of_logits", "softmax_sums"] * 2


def test_shared_memory_of_an_h100_is_enough(compiled):
    assert all(0 < x["shared"] <= 232_448 for x in compiled)


def test_the_products_stay_in_registers(compiled):
    # A few bytes are allowed where the rows of p are written as well; 64 products a thread would be 256.
    assert all(x["stack"] <= (64 if x["case"].endswith(" p") else 0) for x in compiled)


def test_tensor_cores_and_the_copy_engine_do_the_work(compiled):
    products = [x for x in compiled if x["program"] != "softmax_sums"]
    assert all(x["wgmma"] >= 8 and x["tile copies"] >= 6 for x in products)


def test_no_product_runs_on_while_its_operands_are_overwritten(compiled):
    # The compiler keeps one buffer too few for a tile that a running product and the registers both read. It lets a
    # product run on only when that adds to its own accumulator: `max_num_imprecise_acc` forbids that.
    products = [x for x in compiled if x["program"] != "softmax_sums"]
    assert all(x["left running"] and not any(x["left running"]) for x in products)
