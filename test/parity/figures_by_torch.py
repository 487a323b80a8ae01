#!/usr/bin/env python3
"""What PyTorch and NumPy make of a run's best weights on its validation part:  figures_by_torch.py path/to/reference RUN DATA

Written from the definitions of the figures, not from Unroll's code: prints them as JSON, by the names of figures.json.
Series (every step, one target), texts and tensors in the order of their file.
"""
import csv
import json
import os
import sys

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
from torch_reference import Model, read_safetensors  # noqa: E402


def parts(n, data):
    held = round(n * (data["validation"] + data["test"]))
    return n - held, n - round(n * data["test"])


def lanes(count, batch, window):
    """A stream of so many steps is evaluated in lanes, each from a zero state."""
    lane_count = max(1, min(batch, count // window))
    length, left = divmod(count, lane_count)
    starts = [0]
    for lane in range(lane_count):
        starts.append(starts[-1] + length + (1 if lane < left else 0))
    return list(zip(starts, starts[1:]))


def classes(logits, y):
    logits, y = logits.astype(np.float64), np.asarray(y)
    shifted = logits - logits.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    loss = -log_p[np.arange(len(y)), y].mean()
    answers = logits.argmax(1)
    n = logits.shape[1]
    confusion = np.zeros((n, n), int)
    np.add.at(confusion, (y, answers), 1)
    recalls = [np.mean(answers[y == c] == c) for c in range(n) if (y == c).any()]
    f1 = []
    for c in range(n):
        hits, wrong, missed = np.sum((answers == c) & (y == c)), np.sum((answers == c) & (y != c)), np.sum((answers != c) & (y == c))
        if hits + wrong + missed:
            f1.append(2 * hits / (2 * hits + wrong + missed))
    return {"loss": loss, "accuracy": np.mean(answers == y), "balancedAccuracy": np.mean(recalls), "f1": np.mean(f1),
            "bits": loss / np.log(2), "perplexity": np.exp(loss), "confusion": confusion.tolist()}


def text(model, data, training, path):
    content = open(path, encoding="utf-8", newline="").read()
    index = {c: i for i, c in enumerate(sorted(set(content)))}
    ids = torch.tensor([index[c] for c in content])
    start, end = parts(len(ids), data)
    part = ids[start:end]
    logits = [model(part[a:b][None])[0][0] for a, b in lanes(len(part) - 1, training["batchSize"], training["window"])]
    return classes(torch.cat(logits).numpy(), part[1:].numpy())


def series(model, data, training, path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in {*data["columns"], *data["target"]}}
    start, end = parts(len(rows), data)
    scales = {name: (values[:start].mean(), values[:start].std()) for name, values in columns.items()}
    scaled = {name: (values - scales[name][0]) / scales[name][1] for name, values in columns.items()}
    h = data["horizon"]
    x = torch.tensor(np.stack([scaled[name][start - h:end - h] for name in data["columns"]], 1).astype(np.float32))
    found = torch.cat([model(x[a:b][None])[0][0] for a, b in lanes(end - start, training["batchSize"], training["window"])]).numpy()[:, 0].astype(np.float64)
    name = data["target"][0]
    actual, wanted = columns[name][start:end], scaled[name][start:end]
    forecast = found * scales[name][1] + scales[name][0]
    off, season, known = np.abs(actual - forecast), data["season"], columns[name][:start]
    return {"loss": np.mean((found - wanted) ** 2), "error": off.mean(), "rmse": np.sqrt(np.mean(off ** 2)),
            "smape": 100 * np.mean(2 * off / (np.abs(actual) + np.abs(forecast))), "mase": off.mean() / np.abs(known[season:] - known[:-season]).mean()}


def tensors(model, data, task, path):
    t = read_safetensors(path)
    start, end = parts(len(t["x"]), data)
    x, y, lengths = (torch.from_numpy(t[name][start:end]) for name in ("x", "y", "lengths"))
    last = task["output"] == "last-step"
    with torch.no_grad():
        logits = model(x, lengths.long(), last=last)[0].numpy()
    if last:
        return classes(logits, y.numpy())
    valid = np.arange(x.shape[1])[None] < lengths.numpy()[:, None]
    return classes(logits[valid], y.numpy()[valid])


def main(run, path):
    with open(os.path.join(run, "experiment.json")) as file:
        spec = json.load(file)
    weights = {name: torch.from_numpy(values) for name, values in read_safetensors(os.path.join(run, "best.safetensors")).items()}
    first = weights.get("embedding.weight", weights["rnn.weight_ih_l0"])
    inputs = first.shape[0] if "embedding.weight" in weights else first.shape[1]
    model = Model(spec["model"], inputs, weights["head.bias"].shape[0], inputs)
    model.load_state_dict(weights)
    data = spec["data"]
    with torch.no_grad():
        found = {"text": lambda: text(model, data, spec["training"], path), "series": lambda: series(model, data, spec["training"], path),
                 "tensors": lambda: tensors(model, data, spec["task"], path)}[data["kind"]]()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3])
