/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check --slurm: the parts of a night as an array of Slurm's jobs. */
#ifndef CMD_CHECK_SLURM_H
#define CMD_CHECK_SLURM_H

#include "cmd/cmd.h"
#include "judge/judge.h"
#include "util/progress.h"
#include "util/strlist.h"

struct check_slurm {
	uint32_t part_count;    /* 1 to JUDGE_PART_LANES; 0: it is not asked for */
	struct strlist options; /* of sbatch, behind ours */
	bool want_all;          /* the parts are to have --all */
};

/* What came of it. */
struct check_slurm_result {
	int64_t step_count;        /* that the jobs judged */
	int64_t new_history_count; /* that became history before them */
	char job_ids[64];          /* of the arrays, "123 and 125"; "" for none */
};

/*
 * Submit the parts, wait until none of them is left, and submit those again,
 * twice at most, that have left something.  That Slurm refuses or cannot be
 * reached is told on standard error, and is no error: who called does what is
 * left.  Nothing is submitted where nothing waits.  Returns 0, or a negative
 * errno of the database.
 */
int check_slurm_run(struct cmd_env *env, struct store *store, const struct judge_options *options,
		    const struct check_slurm *slurm, struct progress *progress,
		    struct check_slurm_result *ret_result, struct jo_err *err);

#endif
