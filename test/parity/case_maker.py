"""What makes parity cases: initial weights by PyTorch's names, and the folder with PyTorch's numbers beside them."""
import importlib.util
import json
import os

import numpy as np

GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def load_reference(path):
    spec = importlib.util.spec_from_file_location("torch_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def uniform(random, *shape, bound=1.0):
    return random.uniform(-bound, bound, shape).astype(np.float32)


def weights(random, hidden, inputs, outputs, cell="rnn", layers=1, bidirectional=False, embedding=None):
    bound = hidden ** -0.5
    rows, directions = GATES[cell] * hidden, 2 if bidirectional else 1
    made = {"embedding.weight": uniform(random, inputs, embedding)} if embedding else {}
    for layer in range(layers):
        width = (embedding or inputs) if layer == 0 else hidden * directions
        for suffix in ["", "_reverse"][:directions]:
            end = f"l{layer}{suffix}"
            made[f"rnn.weight_ih_{end}"] = uniform(random, rows, width, bound=bound)
            made[f"rnn.weight_hh_{end}"] = uniform(random, rows, hidden, bound=bound)
            made[f"rnn.bias_ih_{end}"] = uniform(random, rows, bound=bound)
            made[f"rnn.bias_hh_{end}"] = uniform(random, rows, bound=bound)
    made["head.weight"] = uniform(random, outputs, hidden * directions, bound=bound)
    made["head.bias"] = uniform(random, outputs, bound=bound)
    return made


def write_case(reference, folder, data, task, model, training, init, tensors=None, text=None):
    """Writes experiment.json, its data and initial weights, and expected/ as PyTorch has it."""
    os.makedirs(folder, exist_ok=True)
    source = "data.safetensors" if tensors else "corpus.txt"
    if tensors:
        reference.write_safetensors(os.path.join(folder, source), tensors)
    else:
        with open(os.path.join(folder, source), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    reference.write_safetensors(os.path.join(folder, "init.safetensors"), init)
    experiment = {
        "unroll": 1, "name": os.path.basename(folder), "data": {**data, "source": source, "validation": 0, "test": 0}, "task": task,
        "model": {**model, "init": "init.safetensors"},
        "training": {"shuffle": False, "seed": 1, "epochs": 50, "maxSteps": 15, **training}, "device": "cpu",
    }
    path = os.path.join(folder, "experiment.json")
    with open(path, "w") as file:
        json.dump(experiment, file, indent=1)
        file.write("\n")
    reference.main(path, os.path.join(folder, "expected"))
