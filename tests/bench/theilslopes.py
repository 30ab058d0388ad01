#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the CPU microseconds that scipy's theilslopes takes per group of "group x y" lines.

usage: theilslopes.py FILE"""
import sys
import time

import numpy as np
from scipy.stats import theilslopes

rows = np.loadtxt(sys.argv[1])
groups = [rows[rows[:, 0] == group] for group in np.unique(rows[:, 0])]

theilslopes(groups[0][:, 2], groups[0][:, 1])
start = time.process_time()
for group in groups:
    theilslopes(group[:, 2], group[:, 1])
print(1e6 * (time.process_time() - start) / len(groups))
