"""Compile what `batch_sums` launches for an H100, without one, and print what came out: a JSON object a line.

Run by test_triton_compiled.py in a process of its own: a process that interprets Triton cannot compile it.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from typing import Any

H100_SHARED_BYTES = 232_448
CASES = {  # dtype, anchors in a set, sets, 16-bit anchors, rows of p wanted
    "bfloat16": ("bfloat16", 128, 1, False, False),
    "bfloat16, 16-bit anchors": ("bfloat16", 128, 1, True, False),
    "bfloat16, four sets, p": ("bfloat16", 50, 4, False, True),
    "float16": ("float16", 100, 1, False, False),
    "float32": ("float32", 128, 1, False, False),
    "bfloat16, 4096 anchors": ("bfloat16", 4096, 1, False, False),
    "float32, 700 anchors, p": ("float32", 700, 1, False, True),
}


def main() -> None:
    import torch

    from infolib.representations._kernels import triton as kernel

    launches: list[tuple[Any, tuple, dict]] = []

    class Recorder:
        def __init__(self, program):
            self.program = program

        def __getitem__(self, grid):
            return lambda *args, **options: launches.append((self.program, args, options))

    # As on an H100, but for the launch itself.
    stand_ins: dict[str, object] = {"_check": lambda z: None, "_shared_bytes": lambda device: H100_SHARED_BYTES}
    for name in ("fused_sums", "tile_of_logits", "softmax_sums"):
        stand_ins[name] = Recorder(getattr(kernel, name))
    for name, value in stand_ins.items():
        setattr(kernel, name, value)
    for case, (dtype, m, n_sets, short, wanted) in CASES.items():
        anchors = torch.randn(n_sets * m, 64, generator=torch.Generator().manual_seed(0))
        if short:
            anchors = (anchors / anchors.abs().amax(1, keepdim=True)).bfloat16().float()
        z = torch.ones(4, 64, dtype=getattr(torch, dtype))
        kernel.batch_sums(z, anchors, n_sets, [4], torch.empty(4, 1 + n_sets * m) if wanted else None)
        for program, args, options in launches:
            result = {"case": case, "program": program.__name__, **compiled(program, args, options)}
            print(json.dumps(result), flush=True)
        launches.clear()


def compiled(program: Any, args: tuple, options: dict) -> dict:
    """Compile one launch for compute capability 9.0."""
    import torch
    import triton
    from triton import knobs
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from triton.tools.tensor_descriptor import TensorDescriptor

    short = {torch.bfloat16: "bf16", torch.float16: "fp16", torch.float32: "fp32", torch.float64: "fp64",
             torch.int32: "i32"}  # fmt: skip
    signature, constants, attributes = {}, {}, {}
    given = dict(zip(program.arg_names, args, strict=False)) | options
    for i, name in enumerate(program.arg_names):
        value = given.pop(name)
        if isinstance(value, TensorDescriptor):
            signature[name] = f"tensordesc<{short[value.base.dtype]}{list(value.block_shape)}>"
        elif isinstance(value, torch.Tensor):
            signature[name] = f"*{short[value.dtype]}"
            if value.data_ptr() % 16 == 0:
                attributes[(i,)] = [["tt.divisibility", 16]]
        elif name.isupper() or value is None:
            signature[name], constants[name] = "constexpr", value
        else:
            signature[name] = "i32"
    source = ASTSource(program, signature, constants, attributes)
    result = triton.compile(source, target=GPUTarget("cuda", 90, 32), options=given)
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(result.asm["cubin"])
        file.flush()
        command = [knobs.nvidia.cuobjdump.path, "--dump-resource-usage", file.name]
        usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {
        "shared": result.metadata.shared,
        "registers": int(re.findall(r"REG:(\d+)", usage)[-1]),
        "stack": int(re.findall(r"STACK:(\d+)", usage)[-1]),
        "wgmma": result.asm["ptx"].count("wgmma.mma_async"),
        "tile copies": result.asm["ptx"].count("cp.async.bulk.tensor"),
        "left running": [int(x) for x in re.findall(r"pendings = (\d+)", result.asm["ttgir"])],
    }


if __name__ == "__main__":
    main()
