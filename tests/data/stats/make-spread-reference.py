#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print the chances of tests/unit/model_spread.c, computed with scipy's distributions.

usage: make-spread-reference.py"""
import numpy as np
from scipy import stats

FREEDOMS = 2, 4, 10, np.inf
STRAYS = (.02, .8), (.15, .2)
SCALES = 17


def halves(freedom):
    return stats.norm if np.isinf(freedom) else stats.t(freedom)


def side(distances, step, usual, strays):
    """-> (indices of scales, likelihood of each tail and scale) of one side"""
    middle = 1.4826 * np.median(distances) if len(distances) else usual
    first = max(round(np.log(max(middle, 1e-300)) / step) - SCALES // 2, int(np.ceil(np.log(.01) / step)))
    index = first + np.arange(SCALES)
    logs = np.empty((len(strays), len(FREEDOMS), SCALES))
    for s, (share, _) in enumerate(strays):
        for tail, freedom in enumerate(FREEDOMS):
            for i, scale in enumerate(np.exp(step * index)):
                normal = 2 * halves(freedom).pdf(distances / scale) / scale
                logs[s, tail, i] = np.log((1 - share) * normal + share * np.exp(-distances)).sum()
    likely = np.exp(logs - logs.max())
    return index, sum(chance * likely[s] for s, (_, chance) in enumerate(strays))


def chance_above(residuals, prior_scale, distance):
    """of a step that is so far above the middle, by what joboutliers-model(7) says of chances"""
    n = len(residuals)
    step = min(max(.67 / np.sqrt(n), .02), .2)
    usual = 1.2533 * prior_scale
    zeros = np.zeros(np.count_nonzero(residuals == 0) // 2)
    high, above = side(np.append(residuals[residuals > 0], zeros), step, usual, STRAYS)
    low, below = side(np.append(-residuals[residuals < 0], zeros), step, usual, STRAYS[:1])
    apart = step / 2 / .5 * np.exp(-step * abs(high[:, None] - low[None, :]) / .5)
    both = .5 * apart + .5 * (high[:, None] == low[None, :])
    far = step * high - np.log(usual)
    weight = above * (below @ both.T) * (1 + far ** 2 * 6 / 3) ** -2
    weight /= weight.sum()
    return sum(weight[tail, i] * halves(freedom).sf(distance / np.exp(step * high[i]))
               for tail, freedom in enumerate(FREEDOMS) for i in range(SCALES))



def residuals(name, n):
    i = np.arange(n)
    middle = (i + .5) / n
    return {'normal': .2 * stats.norm.ppf(middle),
            'heavy': .1 * stats.t(3).ppf(middle),
            'lopsided': .05 * stats.norm.ppf(middle) * np.where(middle > .5, 4, 1),
            'spoilt': np.where(i >= .9 * n, .5 + i / n, .1 * stats.norm.ppf(middle)),
            'exact': np.where(i % 4 == 0, .1 * stats.norm.ppf(middle), 0)}[name]


for name in 'normal', 'heavy', 'lopsided', 'spoilt', 'exact':
    for n in 10, 40, 300:
        print('\t{"%s", %d, {%s}},' % (name, n, ', '.join(
            '%.9g' % chance_above(residuals(name, n), .15, distance) for distance in (.2, .5, 1, 2))))
