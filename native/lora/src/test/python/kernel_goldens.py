"""Makes src/test/resources/kernels: what PyTorch, and Hugging Face's layers on it, compute in double precision where a kernel does in single, forward
and backward. A file NAME.golden is one line that names its tensors with rows and columns ("x 5 70;w 1 70"), then their numbers, little-endian
singles.

usage: python3 kernel_goldens.py        (needs torch 2.13.0, transformers 5.23.0, peft 0.21.2)
"""

import math
import pathlib
import shutil

import torch
import torch.nn.functional as F
from peft.tuners.lora import LoraConfig
from peft.tuners.lora.layer import Linear
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

OUT = pathlib.Path(__file__).parent.parent / "resources/kernels"


def random(*shape):
    """Numbers that singles hold exactly."""
    return torch.randn(*shape).double()


def learned(*shape):
    return random(*shape).requires_grad_()


def write(name, **tensors):
    matrices = {key: tensor.detach().reshape(-1, tensor.shape[-1]) for key, tensor in tensors.items()}
    header = ";".join(f"{key} {matrix.shape[0]} {matrix.shape[1]}" for key, matrix in matrices.items())
    numbers = b"".join(matrix.float().numpy().astype("<f4").tobytes() for matrix in matrices.values())
    (OUT / f"{name}.golden").write_bytes(header.encode() + b"\n" + numbers)


def rmsnorm():
    x, w, dy = learned(5, 70), random(70), random(5, 70)
    y = F.rms_norm(x, (70,), w, eps=1e-5)
    y.backward(dy)
    write("rmsnorm", x=x, w=w, dy=dy, y=y, dx=x.grad)


def swiglu():
    gate, up, dout = (4 * random(1, 301)).requires_grad_(), learned(1, 301), random(1, 301)
    out = F.silu(gate) * up
    out.backward(dout)
    write("swiglu", gate=gate, up=up, dout=dout, out=out, dgate=gate.grad, dup=up.grad)


def llama_3_factors(width, base, factor, low, high, original):
    """What llama.cpp's converter writes as rope_freqs.weight (conversion/llama.py)."""
    for pair in range(width // 2):
        wavelength = 2 * math.pi * base ** (2 * pair / width)
        if wavelength < original / high:
            yield 1.0
        elif wavelength > original / low:
            yield factor
        else:
            smooth = (original / wavelength - low) / (high - low)
            yield 1 / ((1 - smooth) / factor + smooth)


def rope():
    """table: cosine and sine of each pair at each position; pairs: the layout of llama.cpp's files, where elements 2i and 2i + 1 turn together."""
    heads, width, positions = 2, 16, 24
    rows = [0, 7, 23, 8]
    llama_3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
    for name, scaling in {
        "plain": dict(rope_type="default"),
        "linear": dict(rope_type="linear", factor=4.0),
        "llama-3": dict(rope_type="llama3", **llama_3),
        "yarn": dict(rope_type="yarn", factor=8.0, original_max_position_embeddings=64),
    }.items():
        config = LlamaConfig(
            hidden_size=heads * width,
            num_attention_heads=heads,
            head_dim=width,
            max_position_embeddings=512,
            rope_parameters=dict(rope_theta=10000.0, **scaling),
        )
        embedding = LlamaRotaryEmbedding(config)
        embedding.inv_freq = embedding.inv_freq.double()
        angles = torch.arange(positions).double()[:, None] * embedding.inv_freq
        scale = embedding.attention_scaling
        table = torch.stack([angles.cos() * scale, angles.sin() * scale], -1).reshape(positions, width)
        cos, sin = (torch.cat([f, f], -1)[rows][None] for f in (angles.cos() * scale, angles.sin() * scale))
        x, dy = learned(len(rows), heads * width), random(len(rows), heads * width)

        def turned(tensor):
            return apply_rotary_pos_emb(*[tensor.reshape(1, len(rows), heads, width).transpose(1, 2)] * 2, cos, sin)[0].transpose(1, 2).reshape(len(rows), -1)

        def paired(tensor):
            return tensor.reshape(len(rows), heads, 2, width // 2).transpose(2, 3).reshape(len(rows), -1)

        y = turned(x)
        y.backward(dy)
        factors = list(llama_3_factors(width, 10000.0, 8.0, 1.0, 4.0, 64)) if name == "llama-3" else [1.0] * (width // 2)
        write(
            f"rope-{name}",
            positions=torch.tensor([rows]),
            factors=torch.tensor([factors]),
            table=table,
            x_halves=x,
            dy_halves=dy,
            y_halves=y,
            dx_halves=x.grad,
            x_pairs=paired(x),
            dy_pairs=paired(dy),
            y_pairs=paired(y),
            dx_pairs=paired(x.grad),
        )


def attention():
    """Each example after the prefix, computed alone as a whole text: what the packed kernel must equal."""
    heads, kv_heads, width = 4, 2, 6
    for prefix, lengths in ((0, [5, 1, 7]), (3, [5, 1, 7]), (35, [3])):
        rows = prefix + sum(lengths)
        q, k, v = learned(rows, heads * width), learned(rows, kv_heads * width), learned(rows, kv_heads * width)
        dout = random(rows, heads * width)

        def attended(at):
            parts = [t[at].reshape(1, len(at), -1, width).transpose(1, 2) for t in (q, k, v)]
            return F.scaled_dot_product_attention(*parts, is_causal=True, enable_gqa=True).transpose(1, 2).reshape(len(at), -1)

        before = list(range(prefix))
        outs = [attended(before)] if prefix else []
        begin = prefix
        for length in lengths:
            outs.append(attended(before + list(range(begin, begin + length)))[prefix:])
            begin += length
        out = torch.cat(outs)
        out.backward(dout)
        lengths = torch.tensor([lengths])
        write(f"attention-{prefix}", lengths=lengths, q=q, k=k, v=v, dout=dout, out=out, dq=q.grad, dk=k.grad, dv=v.grad)


def cross_entropy():
    vocabulary, width, scale = 300, 8, 0.25
    x, w, targets = learned(5, width), random(vocabulary, width), torch.tensor([0, 299, 128, 128, 7])
    loss = F.cross_entropy(x @ w.T, targets, reduction="none")
    (scale * loss.sum()).backward()
    write("cross-entropy", x=x, w=w, targets=targets[None], log_p=-loss[None], dx=x.grad)


def lora():
    """PEFT's own layer: r 4, alpha 10, without dropout and with rank stabilisation too."""
    rows, inputs, outputs, rank = 9, 40, 24, 4
    for name, stabilised in (("lora", False), ("lora-stabilised", True)):
        base = torch.nn.Linear(inputs, outputs, bias=False)
        config = LoraConfig(r=rank, lora_alpha=10, use_rslora=stabilised, init_lora_weights=False)
        layer = Linear(base, "default", config=config, r=rank, lora_alpha=10)
        layer = layer.double()
        x, dy = learned(rows, inputs), random(rows, outputs)
        a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
        with torch.no_grad():
            for weight in (base.weight, a, b):
                weight.copy_(weight.float().double())
        y = layer(x)
        y.backward(dy)
        write(name, w=base.weight, a=a, b=b, x=x, dy=dy, y=y, dx=x.grad, da=a.grad, db=b.grad)


def adamw():
    """Weights after each of six steps, the learning rate of each, a gradient that is scaled by 0.7 first, as clipping does."""
    steps, count = 6, 101
    weight = torch.nn.Parameter(random(1, count))
    before = weight.detach().clone()
    gradients, rates = random(steps, count) * torch.logspace(-4, 1, count), [1e-3, 2e-3, 2e-3, 1e-3, 5e-4, 1e-4]
    gradients = gradients.float().double()
    optimizer = torch.optim.AdamW([weight], lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    after = []
    for gradient, rate in zip(gradients, rates):
        optimizer.param_groups[0]["lr"] = rate
        weight.grad = 0.7 * gradient[None]
        optimizer.step()
        after.append(weight.detach().clone())
    state = optimizer.state[weight]
    write(
        "adamw",
        weight=before,
        gradients=gradients,
        rates=torch.tensor([rates]),
        weights=torch.cat(after),
        first=state["exp_avg"],
        second=state["exp_avg_sq"],
    )


def dropout():
    """The mask is anyone's own: what is kept becomes this, and in the mean x comes out."""
    share, x, kept = 0.3, learned(1, 64), torch.zeros(1, 64).double()
    dy, dx = random(1, 64), torch.zeros(1, 64).double()
    while (kept == 0).any():
        x.grad = None
        y = F.dropout(x, share, training=True)
        y.backward(dy)
        kept, dx = torch.where(y != 0, y.detach(), kept), torch.where(y != 0, x.grad, dx)
    write("dropout", x=x, dy=dy, kept=kept, dx_kept=dx, mean=F.dropout(x, share, training=False))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    torch.manual_seed(20261125)
    for kernel in (rmsnorm, swiglu, rope, attention, cross_entropy, lora, adamw, dropout):
        kernel()


main()
