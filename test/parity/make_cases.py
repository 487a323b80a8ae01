#!/usr/bin/env python3
"""Makes the small parity cases in cases/ with PyTorch:  make_cases.py path/to/torch_reference.py

Deterministic data and initial weights, then the numbers PyTorch gets for them. Sizes are off every vector width.
"""
import os
import sys

import numpy as np

import case_maker

reference = case_maker.load_reference(sys.argv[1])
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
random = np.random.default_rng(20)


def uniform(*shape):
    return case_maker.uniform(random, *shape)


def weights(*sizes, **shape):
    return case_maker.weights(random, *sizes, **shape)


def case(name, data, task, hidden, init, training, activation="tanh", tensors=None, text=None, **model):
    case_maker.write_case(reference, os.path.join(HERE, name), data, task, {"cell": "rnn", "activation": activation, "hiddenSize": hidden, **model}, training, init, tensors, text)


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

LENGTHS = [9, 5, 2, 8, 1, 9, 3]


def lengths(count, steps):
    return np.array([min(steps, LENGTHS[i % len(LENGTHS)]) for i in range(count)], np.int32)


def stacked(name, cell, task, hidden, inputs, outputs, training, rows=7, steps=9, ragged=True, embedding=None, **model):
    """A case of any cell; inputs are tokens where they are embedded."""
    shape = {"layers": model.get("layers", 1), "bidirectional": model.get("bidirectional", False)}
    classes = task["loss"] == "cross-entropy"
    ends = (rows,) if task["output"] == "last-step" else (rows, steps)
    tensors = {
        "x": random.integers(0, inputs, (rows, steps)).astype(np.int32) if embedding else uniform(rows, steps, inputs),
        "y": random.integers(0, outputs, ends).astype(np.int32) if classes else uniform(*ends, outputs),
    }
    if ragged:
        tensors["lengths"] = lengths(rows, steps)
    data = {"kind": "tensors", **({"classes": outputs} if classes else {}), **({"vocabulary": inputs} if embedding else {})}
    case(name, data, task, hidden, weights(hidden, inputs, outputs, cell, embedding=embedding, **shape),
         training, tensors=tensors, cell=cell, embeddingSize=embedding, **model)


EVERY, LAST = {"output": "every-step", "loss": "cross-entropy"}, {"output": "last-step", "loss": "cross-entropy"}
stacked("gru-2-layers-bidirectional-lengths", "gru", EVERY, 5, 3, 4, {"batchSize": 3, "optimizer": {"kind": "adam", "learningRate": 0.02, "weightDecay": 0.05}, "clipNorm": 0.3},
        layers=2, bidirectional=True)
stacked("gru-2-layers-last-mse", "gru", {"output": "last-step", "loss": "mse"}, 9, 2, 3, {"batchSize": 4, "optimizer": {"kind": "rmsprop", "learningRate": 0.01, "alpha": 0.9, "momentum": 0.5, "weightDecay": 0.02}, "clipNorm": None},
        layers=2)
stacked("lstm-3-layers-bidirectional-last", "lstm", LAST, 3, 5, 3, {"batchSize": 2, "optimizer": {"kind": "adamw", "learningRate": 0.02, "weightDecay": 0.2}, "clipNorm": 1.0},
        layers=3, bidirectional=True)
stacked("lstm-embedding-bidirectional-nesterov", "lstm", EVERY, 7, 13, 6, {"batchSize": 5, "optimizer": {"kind": "sgd", "learningRate": 0.1, "momentum": 0.8, "nesterov": True, "weightDecay": 0.01}, "clipNorm": None},
        embedding=5, bidirectional=True)
stacked("lstm-last-lengths", "lstm", LAST, 17, 3, 5, {"batchSize": 3, "optimizer": {"kind": "adam", "learningRate": 0.01}, "clipNorm": 1.0})
stacked("rnn-2-layers-bidirectional-embedding-last", "rnn", LAST, 9, 11, 3, {"batchSize": 4, "optimizer": {"kind": "rmsprop", "learningRate": 0.01}, "clipNorm": 0.5},
        layers=2, bidirectional=True, embedding=3)
stacked("gru-wide-every-step", "gru", {"output": "every-step", "loss": "mse"}, 33, 1, 1, {"batchSize": 1, "maxSteps": 8, "optimizer": {"kind": "sgd", "learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.001}, "clipNorm": 2.0},
        rows=3, steps=13, ragged=False)
sentence = "two layers of gates carry h and c. "
text = "".join(sentence[(i + i * i // 30) % len(sentence)] for i in range(150))
symbols = len(set(text))
case("lstm-2-layers-embedding-text-carry", {"kind": "text", "unit": "char"}, EVERY, 9, weights(9, symbols, symbols, "lstm", layers=2, embedding=7),
     {"batchSize": 3, "window": 7, "carryState": True, "optimizer": {"kind": "adam", "learningRate": 0.02}, "clipNorm": 1.0},
     text=text, cell="lstm", layers=2, embeddingSize=7)
case("gru-text-carry", {"kind": "text", "unit": "char"}, EVERY, 11, weights(11, symbols, symbols, "gru"),
     {"batchSize": 2, "window": 9, "carryState": True, "optimizer": {"kind": "adamw", "learningRate": 0.02}, "clipNorm": 1.0},
     text=text, cell="gru")
