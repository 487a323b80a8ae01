#!/usr/bin/python3
"""PyTorch's whole training step (forward, cross-entropy, backward, clipping, Adam), timed on request: worker.mjs's protocol.

pytorch.py THREADS
"""
import ctypes, json, os, sys, time
import torch
import torch.nn as nn

torch.set_num_threads(int(sys.argv[1]))


def blas():
    """Which OpenBLAS kernels multiply, and on how many threads; None when it isn't OpenBLAS."""
    for path in sorted({line.split()[-1] for line in open("/proc/self/maps") if "blas" in line}):
        try:
            library = ctypes.CDLL(path)
            library.openblas_get_corename.restype = ctypes.c_char_p
            return "OpenBLAS %s kernels, %d threads" % (library.openblas_get_corename().decode(), library.openblas_get_num_threads())
        except (AttributeError, OSError):
            pass
    return None


def make(size):
    cells = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    device = os.environ.get("BENCH_DEVICE", "cpu")
    model = cells[size["cell"]](size["input"], size["hidden"], size["layers"]).to(device)
    head = nn.Linear(size["hidden"], size["input"]).to(device)
    parameters = list(model.parameters()) + list(head.parameters())
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    x = torch.randn(size["steps"], size["batch"], size["input"], device=device)
    y = torch.randint(0, size["input"], (size["steps"] * size["batch"],), device=device)

    def step():
        out, _ = model(x)
        loss = nn.functional.cross_entropy(head(out).view(-1, size["input"]), y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return loss.item()

    return step


def timed(step, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    return times


step = None
for line in sys.stdin:
    question = json.loads(line)
    try:
        if "size" in question:
            step = make(question["size"])
            start = time.perf_counter()
            timed(step, 3)
            while time.perf_counter() - start < 0.4:
                timed(step, 1)
            said = {"about": "PyTorch %s, %d threads; %s" % (torch.__version__, torch.get_num_threads(), blas() or torch.__config__.parallel_info().split("\n")[0])}
        else:
            said = {"ms": timed(step, question["time"])}
    except Exception as error:
        said = {"cannot": str(error).split("\n")[0]}
    print(json.dumps(said), flush=True)
