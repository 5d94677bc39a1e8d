"""Makes src/test/resources/tokenizer/smollm2.json: what Hugging Face's tokenizers 0.21.0 makes of texts with SmolLM2's vocabulary, built from
the model file the way the model's own tokenizer.json is (digits alone, then byte-level words).

usage: python3 smollm_goldens.py [GRAFT_HOME]     (needs tokenizers; files fetched by launcher/fetch.sh llama-source model)
"""

import json
import pathlib
import random
import struct
import sys

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

HOME = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path.home() / ".graft")
OUT = pathlib.Path(__file__).parent.parent / "resources/tokenizer/smollm2.json"
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


def metadata(path):
    with open(path, "rb") as file:
        _, _, _, entries = struct.unpack("<4sIQQ", file.read(24))

        def text():
            return file.read(struct.unpack("<Q", file.read(8))[0]).decode()

        def value(kind):
            if kind == 8:
                return text()
            if kind == 9:
                kind, count = struct.unpack("<IQ", file.read(12))
                return [value(kind) for _ in range(count)]
            raw = file.read(SIZES[kind])
            return int.from_bytes(raw, "little")

        found = {}
        for _ in range(entries):
            key = text()
            found[key] = value(struct.unpack("<I", file.read(4))[0])
        return found


def main():
    data = metadata(HOME / "models/SmolLM2-135M-Instruct.Q4_1.gguf")
    words = data["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in data["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    control = [words[i] for i, kind in enumerate(data["tokenizer.ggml.token_type"]) if kind == 3]
    texts = (HOME / "cache/llama-0.5.0/source/models/ggml-vocab-gpt-2.gguf.inp").read_text().split("\n__ggml_vocab_test__\n")
    texts += [
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nWhat's 12345 + 67?<|im_end|>\n",
        "I'll say we're they've he'd o'clock 'S 'T",
        "tabs\t\tand\r\nlines\n\n\n  end  ",
        "price: $699.00, 1299 € – 199 £",
        "\u00a0nbsp\u2003em\u3000wide\u0085next",
    ]
    letters = "abc XYZ 019 \n\t.,!?'’\"-_()<|>é ß ж 漢 字 🦙 ﷽ \u0301 \u200d ' ll ve"
    seeded = random.Random(4)
    texts += ["".join(seeded.choice(letters) for _ in range(seeded.randint(1, 60))) for _ in range(300)]
    plain = Tokenizer.from_str(tokenizer.to_str())
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in control])
    cases = [
        {"text": text, "plain": plain.encode(text).ids, "special": tokenizer.encode(text).ids} for text in texts
    ]
    OUT.write_text(json.dumps(cases, ensure_ascii=True, separators=(",", ":")).replace("},{", "},\n{") + "\n")


main()
