#!/usr/bin/env python3
"""Makes parity cases at random:  fuzz_cases.py path/to/torch_reference.py OUT_DIR COUNT SEED

Everything the reference takes, mixed: cells, layers, directions, sizes, lengths, inputs, losses, optimizers. Then
    UNROLL_PARITY_CASES=OUT_DIR npx vitest run test/parity test/cli/parity.test.ts
holds the oracle, the kernels and the command line against them; see ./load-parity.ts.
"""
import json
import os
import shutil
import sys

import numpy as np

from case_maker import load_reference, uniform, weights, write_case

SYMBOLS = list("abcdefghijklmnopqrstuvwxyz ,.\n\r\t") + ["é", "–", "中", "𝕏", "\u0301"]


def pick(random, *options):
    return options[random.integers(0, len(options))]


def size(random, most):
    """Small sizes as often as large ones."""
    return int(random.integers(1, random.integers(1, most + 1) + 1))


def optimizer(random):
    kind = pick(random, "sgd", "adam", "adamw", "rmsprop")
    spec = {"kind": kind, "learningRate": float(random.uniform(0.01, 0.15) if kind == "sgd" else random.uniform(0.001, 0.01))}
    if random.random() < 0.5:
        spec["weightDecay"] = float(random.uniform(0, 0.2))
    if kind in ("adam", "adamw"):
        if random.random() < 0.4:
            spec["betas"] = [float(random.uniform(0, 0.95)), float(random.uniform(0.8, 0.999))]
        if random.random() < 0.4:
            spec["epsilon"] = pick(random, 1e-8, 1e-6, 1e-3)
        return spec
    if random.random() < 0.6:
        spec["momentum"] = float(random.uniform(0.1, 0.9))
        if kind == "sgd":
            spec["nesterov"] = bool(random.random() < 0.5)
    if kind == "rmsprop" and random.random() < 0.5:
        spec["alpha"] = float(random.uniform(0.5, 0.99))
    return spec


def training(random):
    spec = {"optimizer": optimizer(random), "clipNorm": pick(random, None, float(random.uniform(0.05, 3)))}
    spec.update(pick(random, {"epochs": 50, "maxSteps": int(random.integers(3, 25))}, {"epochs": int(random.integers(1, 4)), "maxSteps": None}))
    return spec


def network(random):
    cell = pick(random, "rnn", "gru", "lstm")
    model = {"cell": cell, "hiddenSize": size(random, 37), "layers": int(random.integers(1, 4))}
    if cell == "rnn" or random.random() < 0.2:
        model["activation"] = pick(random, "tanh", "relu")
    return model


def initial(random, model, inputs, outputs):
    return weights(random, model["hiddenSize"], inputs, outputs, model["cell"], model["layers"], model.get("bidirectional", False), model.get("embeddingSize"))


def text_case(reference, folder, random):
    model = network(random)
    # Reads its own answers, but PyTorch trains it all the same.
    model["bidirectional"] = bool(random.random() < 0.3)
    alphabet = [SYMBOLS[i] for i in random.permutation(len(SYMBOLS))[: random.integers(2, len(SYMBOLS))]]
    batch, window = size(random, 9), size(random, 21)
    text = "".join(alphabet[i] for i in random.integers(0, len(alphabet), batch * window * random.integers(1, 6) + random.integers(1, 30)))
    symbols = len(set(text))
    model["embeddingSize"] = pick(random, None, size(random, 19))
    write_case(reference, folder, {"kind": "text", "unit": "char"}, {"output": "every-step", "loss": "cross-entropy"}, model,
               {**training(random), "batchSize": batch, "window": window, "carryState": bool(random.random() < 0.7)}, initial(random, model, symbols, symbols), text=text)


def tensors_case(reference, folder, random):
    model = network(random)
    model["bidirectional"] = bool(random.random() < 0.5)
    rows, steps, inputs, outputs = size(random, 23), size(random, 19), size(random, 17), size(random, 13)
    task = {"output": pick(random, "every-step", "last-step"), "loss": pick(random, "cross-entropy", "mse")}
    whole = pick(random, np.int32, np.int64)
    data, tensors = {"kind": "tensors"}, {}
    tokens = random.random() < 0.5
    if tokens:
        inputs = max(inputs, 2)
        tensors["x"] = random.integers(0, inputs, (rows, steps)).astype(whole)
        model["embeddingSize"] = pick(random, None, size(random, 19))
        if random.random() < 0.7:
            data["vocabulary"] = inputs
        else:
            inputs = int(tensors["x"].max()) + 1
    else:
        tensors["x"] = uniform(random, rows, steps, inputs, bound=2.0)
    ends = (rows,) if task["output"] == "last-step" else (rows, steps)
    ragged = random.random() < 0.6
    lengths = random.integers(1, steps + 1, rows)
    if ragged:
        tensors["lengths"] = lengths.astype(whole)
    if task["loss"] == "cross-entropy":
        outputs = max(outputs, 2)
        tensors["y"] = random.integers(0, outputs, ends).astype(whole)
        if random.random() < 0.7:
            data["classes"] = outputs
        else:
            outputs = int(tensors["y"].max()) + 1
        if ragged and len(ends) == 2 and random.random() < 0.5:
            tensors["y"][np.arange(steps)[None] >= lengths[:, None]] = -100
            outputs = data.get("classes", int(tensors["y"].max()) + 1)
    else:
        tensors["y"] = uniform(random, *ends, outputs)
    write_case(reference, folder, data, task, model, {**training(random), "batchSize": size(random, rows + 3)}, initial(random, model, inputs, outputs), tensors=tensors)


def says_something(folder):
    """A loss or gradient that has come down to rounding noise can't be compared by its ratio."""
    with open(os.path.join(folder, "expected", "expected.json")) as file:
        steps = json.load(file)["steps"]
    return steps and all(min(step["loss"], step["gradNorm"]) > 1e-3 for step in steps)


def main(reference_path, out, count, seed):
    reference = load_reference(reference_path)
    made = index = 0
    while made < int(count):
        random = np.random.default_rng([int(seed), index])
        make = text_case if random.random() < 0.25 else tensors_case
        folder = os.path.join(out, f"fuzz-{seed}-{index:03d}")
        make(reference, folder, random)
        index += 1
        if says_something(folder):
            made += 1
        else:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
