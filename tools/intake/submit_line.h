/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of a step, of the srun that started it: what Slurm's accounting keeps as SubmitLine. */
#ifndef INTAKE_SUBMIT_LINE_H
#define INTAKE_SUBMIT_LINE_H

#include "joboutliers/record.h"

/*
 * Set the job's name and the program of a step that srun started, as the plugin
 * would have recorded them.  The record has the job's name; step_name is what the
 * accounting calls the step: what srun -J said, and otherwise the program.
 *
 * The accounting has no program beside a name that was given: it stands in the
 * line alone.  Of the line nothing else is taken.  With a line that is not srun's
 * ("" where the accounting does not have it) the step's name counts as program.
 */
void submit_line_names(const char *line, const char *step_name, struct jo_record *record);

#endif
