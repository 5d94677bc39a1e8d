"""Makes src/test/resources/quants: for each type, four blocks or more of random bytes (TYPE.bin) and the numbers that the package gguf reads out of
them (TYPE.f32).

usage: python3 quant_goldens.py        (needs gguf 0.19.0, numpy)
"""

import pathlib

import gguf
import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "resources/quants"
TYPES = ["F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"]
ELEMENTS = 1024
HALVES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(20261125)
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        if name in HALVES:
            blocks = random.integers(0, 256, (ELEMENTS // elements, size), dtype=np.uint8)
            for at in HALVES[name]:  # scales must be numbers
                scales = random.normal(0, 0.05, len(blocks)).astype(np.float16)
                blocks[:, at : at + 2] = scales.view(np.uint8).reshape(-1, 2)
            data = blocks.reshape(1, -1)
        else:
            data = gguf.quants.quantize(random.normal(0, 1, (1, ELEMENTS)).astype(np.float32), kind).view(np.uint8)
        numbers = gguf.quants.dequantize(data if name in HALVES else data.view(np.float16 if name == "F16" else np.uint8), kind)
        (OUT / f"{name}.bin").write_bytes(data.tobytes())
        (OUT / f"{name}.f32").write_bytes(np.asarray(numbers).astype("<f4").tobytes())


main()
