#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make model-reference.txt: generated histories, and what an independent
implementation of the method of joboutliers-model(7) in numpy makes of them.

usage: make-model-reference.py FOLDER >model-reference.txt

FOLDER holds that implementation, which is no part of this project: reference.py
with a class SJO that has fit(), mu() and judge()."""
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import reference


def histories(rng):
    def sizes(n, spread=1.5):
        return np.round(np.exp(22 + spread * rng.standard_normal(n)))

    def noise(n, s=0.1):
        return np.exp(s * rng.standard_normal(n))

    for n in (8, 11, 12, 25, 60, 150):
        x = sizes(n)
        yield 'start-up-%d' % n, 'wall', x, (30 + x * 2e-8) * noise(n)
    for n in (9, 30, 90):
        x = sizes(n)
        yield 'proportional-%d' % n, 'wall', x, x * 1e-7 * noise(n, 0.2)
    for n in (20, 80):
        x = sizes(n, 1)
        yield 'quadratic-%d' % n, 'wall', x, (1 + (x / 1e9) ** 2) * noise(n)
    x = sizes(70)
    y = (10 + x * 1e-8) * noise(70)
    y[rng.permutation(70)[:7]] *= 4
    yield 'a-tenth-spoilt', 'wall', x, y
    x = sizes(64)
    y = (10 + x * 1e-8) * noise(64)
    y[40:] *= 1.6
    yield 'slower-since-40', 'wall', x, y
    x = sizes(50)
    y = (10 + x * 1e-8) * noise(50)
    y[20:30] *= 0.5
    yield 'faster-for-ten', 'wall', x, y
    yield 'any-size-the-same', 'wall', sizes(30), 500 * noise(30, 0.3)
    yield 'one-size', 'wall', np.full(20, 4e9), 100 * noise(20)
    x = np.array([1e9, 2e9, 8e9])[rng.integers(0, 3, 30)]
    yield 'three-sizes', 'wall', x, (10 + x * 1e-8) * noise(30)
    x = sizes(30)
    x[:4] = 0
    yield 'some-empty', 'wall', x, (10 + x * 1e-8) * noise(30)
    x = sizes(45)
    yield 'heavy-tail', 'wall', x, (10 + x * 1e-8) * np.exp(0.1 * rng.standard_t(2, 45))
    x = sizes(100)
    yield 'more-scatter-above', 'wall', x, (10 + x * 1e-8) * np.exp((x / 2e10 + .05) * rng.standard_normal(100))
    for n in (8, 40, 120):
        x = sizes(n)
        yield 'memory-%d' % n, 'mem', x, np.round((5e8 + 1.5 * x) * noise(n, 0.04))
    x = sizes(35)
    yield 'whole-seconds', 'wall', x, np.ceil((1 + x * 1e-9) * noise(35))
    x = np.round(sizes(30) * 1e6)
    yield 'huge-sizes', 'wall', x, (10 + x * 1e-14) * noise(30)


def numbers(*values):
    return ' '.join('%.17g' % v for v in values)


def main():
    rng = np.random.default_rng(20240229)
    print('# Computed with an independent numpy implementation of the method of')
    print('# joboutliers-model(7), by make-model-reference.py, numpy', np.__version__)
    for name, metric, x, y in histories(rng):
        x, y = x.astype(float), np.round(y, 3)
        model = reference.SJO(metric)
        model.fit(x, y)
        print('history', name, 'wall' if metric == 'wall' else 'memory', len(x))
        for pair in zip(x, y):
            print(numbers(*pair))
        f = model.f
        print('fit', numbers(f['p'], f['d'], f['k'], f['S'], model.cut, model.c, model.b, model.M, model.kap))
        near = np.clip(x[:6] * np.array([1, 1.1, .9, 1, 1.2, 1]), x.min(), x.max())
        value = np.exp(model.mu(near) + model.c) * np.array([1.05, 1.3, 1.6, 2, 3, 5])
        ratio, _, _ = model.judge(near, value)
        print('steps', len(near))
        for row in zip(near, value, np.exp(model.mu(near) + model.c), ratio):
            print(numbers(*row))


main()
