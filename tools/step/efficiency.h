/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a step used of what it was given: the figures that seff(1) made known. */
#ifndef STEP_EFFICIENCY_H
#define STEP_EFFICIENCY_H

#include "step/step.h"

enum efficiency {
	EFFICIENCY_CPU,    /* CPU time, of the run time on all its CPUs */
	EFFICIENCY_MEMORY, /* memory of the largest node, of what was requested of a node, or else
			      of its limit */
	EFFICIENCY_TIME,   /* run time, of the time limit */
	EFFICIENCY_COUNT,
};

/* The share, 1 for all of it, which a measurement can exceed; NaN where either is not known. */
double efficiency_of(const struct step *step, enum efficiency which);

#endif
