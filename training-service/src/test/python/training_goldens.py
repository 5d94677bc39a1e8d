"""Makes src/test/resources/network: what PEFT computes when it trains the tiny model of the module `model` (its goldens' base.gguf), for the trainer
to be held against: the adapter that it begins with, the gradients of the first step, the loss of each step, log-likelihoods before the first; and
the trained adapter as PEFT saves it (trained/).

Files of numbers are little-endian singles, pair after pair in the order layer, then q, k, v, o, gate, up, down; A, then B. Rows of q's and k's B are in
llama.cpp's order.

usage: PYTHONHASHSEED=0 python3 training_goldens.py
(needs torch 2.13.0, transformers 5.23.0, peft 0.21.2, gguf 0.19.0)
"""

import json
import pathlib
import random

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, get_cosine_schedule_with_warmup

HERE = pathlib.Path(__file__).parent
BASE = HERE.parents[3] / "model/src/test/resources/adapter"
OUT = HERE.parent / "resources/network"
HEADS, KV_HEADS = 4, 2
TARGETS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
VOCABULARY, EXAMPLES, BATCH, STEPS, SEED, PREFIX = 264, 12, 4, 50, 7, 5
MASK, GAMMA = (1 << 64) - 1, 0x9E3779B97F4A7C15


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def order(epoch):
    """The trainer's own shuffle: see Batches and Draws."""
    state = mixed((SEED + GAMMA) & MASK) ^ mixed((epoch * GAMMA + 1) & MASK)
    indices = list(range(EXAMPLES))
    for i in range(EXAMPLES - 1, 0, -1):
        state = (state + GAMMA) & MASK
        other = int((mixed(state) >> 11) * 2.0**-53 * (i + 1))
        indices[i], indices[other] = indices[other], indices[i]
    return indices


def examples():
    draw = random.Random(20261125)
    prefix = [1] + [draw.randrange(3, VOCABULARY) for _ in range(PREFIX - 1)]
    for _ in range(EXAMPLES):
        prompt = prefix + [draw.randrange(3, VOCABULARY) for _ in range(draw.randrange(2, 9))]
        completion = [draw.randrange(3, VOCABULARY) for _ in range(draw.randrange(1, 4))]
        yield prompt + completion, len(prompt)


def batch_of(chosen):
    width = max(len(tokens) for tokens, _ in chosen)
    ids = torch.zeros(len(chosen), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for row, (tokens, completion_from) in enumerate(chosen):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        labels[row, completion_from : len(tokens)] = torch.tensor(tokens[completion_from:])
    return dict(input_ids=ids, attention_mask=mask, labels=labels)


def in_order(model, what):
    """Every pair's matrices, as the trainer has them."""
    modules = dict(model.named_modules())
    for layer in range(model.config.num_hidden_layers):
        for target in TARGETS:
            module = modules[f"base_model.model.model.layers.{layer}.{target}"]
            yield what(module.lora_A["default"].weight)
            b = what(module.lora_B["default"].weight)
            heads = {"self_attn.q_proj": HEADS, "self_attn.k_proj": KV_HEADS}.get(target)
            yield b if heads is None else b.reshape(heads, 2, -1, b.shape[1]).swapaxes(1, 2).reshape(b.shape)


def write(name, tensors):
    flat = np.concatenate([np.asarray(tensor.detach().float().numpy()).ravel() for tensor in tensors])
    (OUT / name).write_bytes(flat.astype("<f4").tobytes())


def save(model, folder):
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = None  # a folder of this machine
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(BASE, gguf_file="base.gguf", dtype=torch.float32, attn_implementation="eager")
    names = [target.split(".")[1] for target in TARGETS]
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules=names, task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.05)
    data = list(examples())
    (OUT / "examples.txt").write_text("".join(f"{start} {' '.join(map(str, tokens))}\n" for tokens, start in data))
    write("adapter.f32", in_order(model, lambda weight: weight))

    model.eval()
    with torch.no_grad():
        likelihoods = []
        for tokens, start in data:
            log_p = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
            likelihoods.append(sum(log_p[at - 1, tokens[at]] for at in range(start, len(tokens))))
    write("log_likelihoods.f32", [torch.stack(likelihoods)])

    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=5e-3, weight_decay=0.01)
    schedule = get_cosine_schedule_with_warmup(optimizer, 5, STEPS)
    losses = []
    for step in range(STEPS):
        epoch, at = divmod(step, EXAMPLES // BATCH)
        chosen = [data[i] for i in order(epoch)[at * BATCH : (at + 1) * BATCH]]
        loss = model(**batch_of(chosen)).loss
        loss.backward()
        if step == 0:
            write("gradients.f32", in_order(model, lambda weight: weight.grad))
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    write("losses.f32", [torch.stack(losses)])
    save(model, OUT / "trained")


main()
