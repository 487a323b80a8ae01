"""Writes names-reference-split.json: which names the reference holds out of each language, as places in the sorted list of
its different names. Run: python3 test/data/audit/make_names_split.py FOLDER"""
import json
import os
import random
import sys

folder = sys.argv[1]
rng = random.Random(0)
held = {}
for file in sorted(os.listdir(folder)):
    with open(os.path.join(folder, file), encoding='utf8') as lines:
        names = sorted({line.strip() for line in lines if line.strip()})
    order = list(range(len(names)))
    rng.shuffle(order)
    held[file] = sorted(order[int(len(names) * 0.8):])
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'names-reference-split.json'), 'w') as file:
    json.dump(held, file, separators=(',', ':'))
