"""Writes features.json: log-mel and MFCC of a test signal by numpy and scipy, another way round than Unroll's:
the discrete Fourier transform as a matrix, mel triangles by interpolation, scipy's DCT. Run: python3 test/data/audio/make_features.py"""
import json
import os

import numpy as np
from scipy.fft import dct


def signal(rate, seconds):
    t = np.arange(int(rate * seconds)) / rate
    return (0.4 * np.sin(2 * np.pi * (200 + 900 * t) * t) + 0.2 * np.sin(2 * np.pi * 1730 * t + 1) + 0.01 * np.cos(np.arange(t.size) ** 2 * 0.37)).astype(np.float32)


def mel(f):
    return 2595 * np.log10(1 + np.asarray(f) / 700)


def log_mel(x, rate, frame, hop, bands, lowest, highest):
    n, step = round(frame * rate), round(hop * rate)
    size = 1 << (n - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    frames = np.stack([x[at:at + n].astype(np.float64) * window for at in range(0, len(x) - n + 1, step)])
    bins = np.arange(size // 2 + 1)
    transform = np.exp(-2j * np.pi * np.outer(np.arange(n), bins) / size)
    power = np.abs(frames @ transform) ** 2
    corners = 700 * (10 ** (np.linspace(mel(lowest), mel(highest), bands + 2) / 2595) - 1)
    f = bins * rate / size
    filters = np.stack([np.interp(f, corners[b:b + 3], [0, 1, 0], left=0, right=0) for b in range(bands)])
    return np.log(np.maximum(power @ filters.T, 1e-10))


cases = []
for rate, frame, hop, bands, lowest, highest, coefficients in [(8000, 0.025, 0.010, 40, 0, 4000, 13), (16000, 0.032, 0.008, 26, 80, 7600, 20)]:
    x = signal(rate, 0.3)
    m = log_mel(x, rate, frame, hop, bands, lowest, highest)
    c = dct(m, type=2, norm='ortho', axis=1)[:, :coefficients]
    cases.append({'settings': {'rate': rate, 'frame': frame, 'hop': hop, 'bands': bands, 'lowest': lowest, 'highest': highest, 'coefficients': coefficients},
                  'samples': [float(f'{v:.9g}') for v in x.tolist()],
                  'log-mel': np.round(m[::7], 6).tolist(), 'mfcc': np.round(c[::7], 6).tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'features.json'), 'w') as file:
    json.dump(cases, file)
