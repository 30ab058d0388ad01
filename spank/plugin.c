/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slurm's entry points, by context; no logic. */
#include <slurm/spank.h>

SPANK_PLUGIN(joboutliers, 1)
