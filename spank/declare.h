/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user declares, and its way from srun, sbatch or salloc to the step.
 *
 * Slurm's own way for options does not suffice: it carries the names of input
 * files and not their size, gives a step the job's options as if they were its
 * own, hands a nested sbatch those of the job around it, and is lost under
 * sbatch --export=NONE.  So the submit side puts what it knows into four
 * variables of the job's environment (carried.h), whose names start with SLURM_
 * because those survive every --export.  With the size goes what SJOB_INPUT_SIZE
 * held at that moment: an srun in the job that finds the same value inherits,
 * one that finds another was given its own.
 * A step takes these as hostile: they are what the user made of them.
 */
#ifndef SPANK_DECLARE_H
#define SPANK_DECLARE_H

#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/attr.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "options.h"

#define DECLARE_SIZE_VARIABLE "SJOB_INPUT_SIZE"
#define DECLARE_PROFILE_VARIABLE "SJOB_PROFILE"

/* Zero is: nothing declared yet. */
struct declaration {
	enum jo_input_source input_source;
	int64_t input_bytes; /* when the source is neither none nor invalid */
	bool class_is_own;
	char class_name[JO_CLASS_SIZE]; /* empty: not declared */
	struct jo_attrs attrs;
	bool profile_is_said;
	int profile_rate_hz; /* when it is said; 0: not to be sampled */
	bool was_inherited[OPTION_COUNT]; /* Slurm has shown us the job's option once */
};

/*
 * Submit side, before the options: have Slurm refuse a SJOB_INPUT_SIZE that is
 * no size, or a SJOB_PROFILE that is no rate.  An optional plugin cannot fail a submission but by an option, so
 * the bad value is put where Slurm looks for options from the environment.
 */
void declare_check_environment(void);

/*
 * Submit side: an option was given.  One that comes from the job around is
 * told from one's own here, and left.  Returns 0, or a negative errno with *err
 * saying what is wrong and what would be right; *declaration is then untouched.
 */
int declare_option(struct declaration *declaration, enum option option, const char *text,
		   struct jo_err *err);

/* Whether an srun runs a step of the job it is called in. */
bool declare_is_in_job(void);

/*
 * Submit side, after the options: take in what the environment and, for an
 * srun in a job, the job says, and put all of it into the environment.  For a
 * heterogeneous job this comes once for each component, and its options again.
 */
int declare_export(struct declaration *declaration, bool is_step, struct jo_err *err);

/*
 * In the step: Slurm's own way brought an option.  Counts only when the
 * variables are not there (a submit host without this plugin), and as a sign
 * that somebody wrote nonsense.
 */
void declare_option_in_step(struct declaration *declaration, enum option option, const char *text);

/*
 * In the step: fill the record's input, class and attributes from the step's
 * environment and what declare_option_in_step was told.  Needs job_name, program
 * and step_kind in the record, for a class that was not declared.
 */
void declare_import(const struct declaration *declaration, spank_t spank, struct jo_record *record);

/* In the step: whether it is said how often it is to be sampled, and *ret_rate_hz. */
bool declare_profile(const struct declaration *declaration, spank_t spank, int *ret_rate_hz);

#endif
