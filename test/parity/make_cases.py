#!/usr/bin/env python3
"""Makes the small parity cases in cases/ with PyTorch:  make_cases.py path/to/torch_reference.py

Deterministic data and initial weights, then the numbers PyTorch gets for them. Sizes are off every vector width.
"""
import importlib.util
import json
import os
import sys

import numpy as np

SPEC = importlib.util.spec_from_file_location("torch_reference", sys.argv[1])
reference = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(reference)
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
random = np.random.default_rng(20)


def uniform(*shape, bound=1.0):
    return random.uniform(-bound, bound, shape).astype(np.float32)


def weights(hidden, inputs, outputs):
    bound = hidden ** -0.5
    return {
        "rnn.weight_ih_l0": uniform(hidden, inputs, bound=bound), "rnn.weight_hh_l0": uniform(hidden, hidden, bound=bound),
        "rnn.bias_ih_l0": uniform(hidden, bound=bound), "rnn.bias_hh_l0": uniform(hidden, bound=bound),
        "head.weight": uniform(outputs, hidden, bound=bound), "head.bias": uniform(outputs, bound=bound),
    }


def case(name, data, task, hidden, init, training, activation="tanh", tensors=None, text=None):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    source = "data.safetensors" if tensors else "corpus.txt"
    if tensors:
        reference.write_safetensors(os.path.join(folder, source), tensors)
    else:
        with open(os.path.join(folder, source), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    reference.write_safetensors(os.path.join(folder, "init.safetensors"), init)
    experiment = {
        "unroll": 1, "name": name, "data": {**data, "source": source, "validation": 0, "test": 0}, "task": task,
        "model": {"cell": "rnn", "activation": activation, "hiddenSize": hidden, "init": "init.safetensors"},
        "training": {"shuffle": False, "seed": 1, "epochs": 50, "maxSteps": 15, **training}, "device": "cpu",
    }
    path = os.path.join(folder, "experiment.json")
    with open(path, "w") as file:
        json.dump(experiment, file, indent=1)
        file.write("\n")
    reference.main(path, os.path.join(folder, "expected"))


# As the adding problem: two numbers in, one out at the end; ten sequences in batches of three, so the last has one.
x = uniform(10, 11, 2)
case("rnn-tanh-last-step-mse", {"kind": "tensors"}, {"output": "last-step", "loss": "mse"}, 13, weights(13, 2, 1),
     {"batchSize": 3, "optimizer": {"kind": "adam", "learningRate": 0.01}, "clipNorm": 0.5},
     tensors={"x": x, "y": x[:, :, 0].sum(axis=1, keepdims=True).astype(np.float32)})

# A text in three lanes, state carried from window to window, two epochs and more.
sentence = "unroll the network, carry its state \u2013 and none of its gradient. "
text = "".join(sentence[(i + i * i // 40) % len(sentence)] for i in range(180))
symbols = len(set(text))
case("rnn-relu-text-carry", {"kind": "text", "unit": "char"}, {"output": "every-step", "loss": "cross-entropy"}, 17, weights(17, symbols, symbols),
     {"batchSize": 3, "window": 7, "carryState": True, "optimizer": {"kind": "sgd", "learningRate": 0.1, "momentum": 0.9}, "clipNorm": 1.0},
     activation="relu", text=text)

# Token ids of different lengths, one class a sequence, no clipping, no momentum.
case("rnn-tanh-tokens-lengths-last", {"kind": "tensors", "vocabulary": 11, "classes": 3}, {"output": "last-step", "loss": "cross-entropy"}, 9, weights(9, 11, 3),
     {"batchSize": 5, "optimizer": {"kind": "sgd", "learningRate": 0.2}, "clipNorm": None},
     tensors={"x": random.integers(0, 11, (12, 7)).astype(np.int32), "y": random.integers(0, 3, 12).astype(np.int32),
              "lengths": np.array([7, 1, 4, 2, 6, 7, 3, 5, 1, 7, 2, 4], np.int32)})

# Wide against narrow: hidden 33, three targets a step, other betas.
case("rnn-tanh-lengths-mse", {"kind": "tensors"}, {"output": "every-step", "loss": "mse"}, 33, weights(33, 5, 3),
     {"batchSize": 2, "optimizer": {"kind": "adam", "learningRate": 0.005, "betas": [0.8, 0.99], "epsilon": 1e-6}, "clipNorm": 2.0},
     tensors={"x": uniform(5, 9, 5), "y": uniform(5, 9, 3), "lengths": np.array([9, 5, 2, 8, 1], np.int32)})
