"""PEFT as the peer of `graft bench training`: trains LoRA adapters on the weights of a GGUF file, as told on standard input, one JSON object a line;
answers one line each.

    {"open": {"model": FILE, "threads": 2, "precision": "fp32"|"bf16", "rank", "alpha", "dropout", "targets": ["q_proj", …], "learning_rate", "steps",
              "warmup_steps", "seed"}}
                                                     → {"opened": true}                        a fresh adapter on the same base
    {"train": [[[tokens, completion_from], …], …], "pad_to": 0|N}
                                                     → {"seconds", "losses"}                   a step a batch, padded to its longest, or to N
    {"score": [[tokens, completion_from], …]}        → {"log_likelihoods"}                     of each completion
    {"load": {"model": FILE, "adapter": FOLDER, "threads": 2}}
                                                     → {"loaded": true}                        an adapter that was saved, in single precision
    {"logits": [[tokens, completion_from], …], "file": FILE}
                                                     → {"written": true}                       of each completion's tokens, as little-endian singles
    {"rate": [[inputs, outputs], …], "rows": N, "threads": 2}
                                                     → {"gflops"}                              products of rows by such weights, forward and
                                                                                               backward, in bfloat16: oneDNN's, by way of PyTorch
    {"memory": true}                                 → {"peak_rss_mb"}                         VmHWM of this process

(needs what requirements.txt names)
"""

import json
import pathlib
import sys
import time

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, get_linear_schedule_with_warmup

IGNORED = -100
RATE_TURNS = 20
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


class Peer:
    def open(self, model, threads, precision, rank, alpha, dropout, targets, learning_rate, steps, warmup_steps, seed):
        torch.set_num_threads(threads)
        torch.manual_seed(seed)
        # Expanded in single precision first: asked for bfloat16, transformers would keep the file's weights packed, which is slower.
        base = base_of(model).to(PRECISIONS[precision])
        config = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=targets, task_type="CAUSAL_LM")
        self.model = get_peft_model(base, config)
        self.model.train()
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=learning_rate, weight_decay=0.0)
        self.schedule = get_linear_schedule_with_warmup(self.optimizer, warmup_steps, steps)
        return {"opened": True}

    def train(self, batches, pad_to):
        losses = []
        begin = time.perf_counter()
        for batch in batches:
            ids, mask, labels = padded(batch, pad_to)
            loss = self.model(input_ids=ids, attention_mask=mask, labels=labels).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.optimizer.zero_grad(set_to_none=True)
            losses.append(loss.item())
        return {"seconds": time.perf_counter() - begin, "losses": losses}

    def load(self, model, adapter, threads):
        torch.set_num_threads(threads)
        self.model = PeftModel.from_pretrained(base_of(model), adapter).eval()
        return {"loaded": True}

    @torch.no_grad()
    def logits(self, examples, file):
        with open(file, "wb") as out:
            for tokens, completion_from in examples:
                rows = self.model(input_ids=torch.tensor([tokens])).logits[0, completion_from - 1 : len(tokens) - 1]
                out.write(rows.float().numpy().astype("<f4").tobytes())
        return {"written": True}

    @torch.no_grad()
    def score(self, examples):
        self.model.eval()
        likelihoods = []
        for begin in range(0, len(examples), 16):
            ids, mask, labels = padded(examples[begin : begin + 16], 0)
            logits = self.model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
            targets = labels[:, 1:]
            chosen = torch.log_softmax(logits, -1).gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
            likelihoods += (chosen * (targets != IGNORED)).sum(-1).tolist()
        self.model.train()
        return {"log_likelihoods": likelihoods}


def rate(shapes, rows, threads):
    torch.set_num_threads(threads)
    products = [[torch.randn(size, dtype=torch.bfloat16) for size in ((rows, i), (rows, o), (o, i))] for i, o in shapes]
    operations = sum(4 * rows * i * o for i, o in shapes)
    seconds = []
    for _ in range(RATE_TURNS):
        begin = time.perf_counter()
        for x, dy, weight in products:
            torch.mm(x, weight.t())
            torch.mm(dy, weight)
        seconds.append(time.perf_counter() - begin)
    return {"gflops": operations / min(seconds) / 1e9}


def base_of(model):
    path = pathlib.Path(model)
    return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)


def padded(batch, pad_to):
    width = pad_to or max(len(tokens) for tokens, _ in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros(len(batch), width, dtype=torch.long)
    labels = torch.full((len(batch), width), IGNORED, dtype=torch.long)
    for row, (tokens, completion_from) in enumerate(batch):
        tokens = torch.tensor(tokens[:width])
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
        labels[row, completion_from : len(tokens)] = tokens[completion_from:]
    return ids, mask, labels


def peak_rss_mb():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return {"peak_rss_mb": int(line.split()[1]) / 1024}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            answer = peer.open(**request["open"])
        elif "train" in request:
            answer = peer.train(request["train"], request["pad_to"])
        elif "score" in request:
            answer = peer.score(request["score"])
        elif "load" in request:
            answer = peer.load(**request["load"])
        elif "logits" in request:
            answer = peer.logits(request["logits"], request["file"])
        elif "rate" in request:
            answer = rate(request["rate"], request["rows"], request["threads"])
        else:
            answer = peak_rss_mb()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
