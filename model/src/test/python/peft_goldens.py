"""Makes src/test/resources/adapter: a tiny random Llama with grouped queries as an F32 GGUF file, PEFT adapters of it as PEFT saves them, and what
PEFT itself computes with each: logits, and the weights that it adds times a few random vectors; and the tensors that llama.cpp's own converter makes
of some.

usage: PYTHONHASHSEED=0 python3 peft_goldens.py [GRAFT_HOME]
(needs torch 2.13.0, transformers 5.23.0, peft 0.21.2, gguf 0.19.0; llama.cpp's source, fetched by launcher/fetch.sh llama-source)
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gguf
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

HOME = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path.home() / ".graft")
SOURCE = HOME / "cache/llama-0.5.0/source"
OUT = pathlib.Path(__file__).parent.parent / "resources/adapter"
LAYERS, WIDTH, HEADS, KV_HEADS, FEED_FORWARD, CONTEXT = 3, 64, 4, 2, 128, 64
TOKENS = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", "a", "b", "ab", "▁ab"]
TYPES = [2, 3, 3] + [6] * 256 + [1] * 5
PROBES = 3
SEQUENCES = [[1, 263, 101, 7, 42, 199, 261, 15], [1, 90, 91, 92, 263, 263, 3, 258, 77, 12, 160, 55]]
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

# name: (settings, type of the weights)
ADAPTERS = {
    "qv-r8": (dict(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"]), torch.float32),
    "all-r4": (dict(r=4, lora_alpha=10, target_modules=ALL), torch.float32),
    "rslora": (dict(r=8, lora_alpha=12, use_rslora=True, target_modules=r".*\.self_attn\.(q|k|v|o)_proj"), torch.float32),
    "patterns": (
        dict(
            r=8,
            lora_alpha=16,
            target_modules=ALL,
            rank_pattern={"k_proj": 4, "model.layers.1.mlp.down_proj": 2, r"layers\.[12]\.self_attn\.o_proj": 12},
            alpha_pattern={"q_proj": 24, "^model.layers.0.mlp.up_proj": 7.5, r"(gate|down)_proj": 20},
        ),
        torch.float32,
    ),
    "rslora-patterns-bf16": (
        dict(
            r=4,
            lora_alpha=8,
            use_rslora=True,
            target_modules=["q_proj", "k_proj", "v_proj"],
            layers_to_transform=[0, 2],
            rank_pattern={"q_proj": 6},
            alpha_pattern={"v_proj": 5},
        ),
        torch.bfloat16,
    ),
    "all-f16": (dict(r=2, lora_alpha=2, target_modules="all-linear"), torch.float16),
}
CONVERTED = ["qv-r8", "all-r4", "all-f16"]


def tiny_llama():
    torch.manual_seed(20261125)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(TOKENS),
            hidden_size=WIDTH,
            intermediate_size=FEED_FORWARD,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=KV_HEADS,
            max_position_embeddings=CONTEXT,
            rms_norm_eps=1e-5,
            initializer_range=0.05,
            tie_word_embeddings=False,
            attn_implementation="eager",
            architectures=["LlamaForCausalLM"],
        )
    )
    return model.eval()


def permuted(weight, heads):
    """Rows of Q and K as llama.cpp's converter stores them."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def write_base(model, path):
    weights = model.state_dict()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(TOKENS)
    writer.add_token_scores([-float(i) for i in range(len(TOKENS))])
    writer.add_token_types(TYPES)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    names = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}
    for name, tensor in names.items():
        key = "lm_head.weight" if name == "lm_head" else f"model.{name}.weight"
        writer.add_tensor(f"{tensor}.weight", weights[key].numpy())
    for layer in range(LAYERS):
        for module, tensor in {
            "input_layernorm": "attn_norm",
            "self_attn.q_proj": "attn_q",
            "self_attn.k_proj": "attn_k",
            "self_attn.v_proj": "attn_v",
            "self_attn.o_proj": "attn_output",
            "post_attention_layernorm": "ffn_norm",
            "mlp.gate_proj": "ffn_gate",
            "mlp.up_proj": "ffn_up",
            "mlp.down_proj": "ffn_down",
        }.items():
            weight = weights[f"model.layers.{layer}.{module}.weight"]
            if tensor == "attn_q":
                weight = permuted(weight, HEADS)
            if tensor == "attn_k":
                weight = permuted(weight, KV_HEADS)
            writer.add_tensor(f"blk.{layer}.{tensor}.weight", weight.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@torch.no_grad()
def write_logits(model, path):
    rows = [model(torch.tensor([tokens])).logits[0].float() for tokens in SEQUENCES]
    path.write_bytes(torch.cat(rows).numpy().astype("<f4").tobytes())


@torch.no_grad()
def write_adapter(folder, settings, dtype, seed):
    """PEFT's own initial weights, with noise in B, which would be zero."""
    torch.manual_seed(seed)
    model = get_peft_model(tiny_llama(), LoraConfig(task_type="CAUSAL_LM", **settings))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.normal_(0, 0.03)
        if "lora_" in name:
            weight.data = weight.data.to(dtype)
    model.save_pretrained(folder)
    (folder / "README.md").unlink()


@torch.no_grad()
def write_golden(folder):
    model = PeftModel.from_pretrained(tiny_llama(), folder).eval()
    write_logits(model, folder / "logits.f32")
    torch.manual_seed(1)
    products = {f"probes.{length}": torch.randn(length, PROBES) for length in (WIDTH, FEED_FORWARD)}
    for name, module in model.named_modules():
        if hasattr(module, "get_delta_weight") and "default" in module.lora_A:
            delta = module.get_delta_weight("default").double()
            product = delta @ products[f"probes.{delta.shape[1]}"].double()
            products[name.removeprefix("base_model.model.")] = product.float()
    save_file(products, folder / "products.safetensors")


def converted(base, folder):
    """SHA-256 of each tensor's data as llama.cpp's convert_lora_to_gguf.py writes it."""
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "adapter.gguf"
        subprocess.run(
            [sys.executable, SOURCE / "convert_lora_to_gguf.py", "--base", base, "--outtype", "f32", "--outfile", file, folder],
            check=True,
            capture_output=True,
        )
        for tensor in gguf.GGUFReader(file).tensors:
            yield f"{folder.name} {tensor.name} {hashlib.sha256(tensor.data.tobytes()).hexdigest()}"


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    model = tiny_llama()
    write_base(model, OUT / "base.gguf")
    write_logits(model, OUT / "base.f32")
    (OUT / "sequences.txt").write_text("".join(" ".join(map(str, tokens)) + "\n" for tokens in SEQUENCES))
    lines = []
    with tempfile.TemporaryDirectory() as base:
        model.config.save_pretrained(base)
        for seed, (name, (settings, dtype)) in enumerate(ADAPTERS.items()):
            write_adapter(OUT / name, settings, dtype, seed)
            kinds = {tensor.dtype for tensor in load_file(OUT / name / "adapter_model.safetensors").values()}
            assert kinds == {dtype}, kinds
            write_golden(OUT / name)
            if name in CONVERTED:
                lines += converted(base, OUT / name)
    (OUT / "converted.txt").write_text("\n".join(sorted(lines)) + "\n")


main()
