/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of text as imports have them, into records.  Private to intake/. */
#ifndef INTAKE_FIELD_H
#define INTAKE_FIELD_H

#include "joboutliers/record.h"
#include "store/store.h"

/*
 * Each reads one field that is not empty.  Returns 0, or -EINVAL with *err
 * saying what was expected and what was found; what it fills is then untouched.
 */

/* "12", "12_3", "12+1", each with ".STEP" or without; *ret_has_step says which. */
int field_job(const char *text, struct jo_record *record, bool *ret_has_step, struct jo_err *err);

/* "0", "batch", "interactive"; "extern" is no user's step: returns 1 for it. */
int field_step(const char *text, struct jo_record *record, struct jo_err *err);

/* A number >= 0, which may be written "12.0" or "1.2e1". */
int field_count(const char *text, int64_t *ret_count, struct jo_err *err);

/* Seconds >= 0 with decimals, or as Slurm writes them: MM:SS, HH:MM:SS and D-HH:MM:SS, of which the
 * last part may have decimals. */
int field_seconds(const char *text, int64_t *ret_us, struct jo_err *err);

/* ISO 8601, in local time unless it says; or Unix seconds. */
int field_time(const char *text, int64_t *ret_unix_us, struct jo_err *err);

/* A state of Slurm, in any case, also cut ("OUT_OF_ME+") or longer ("CANCELLED by 0").
 * NONE for one of a job that has not begun. */
int field_state(const char *text, enum step_state *ret_state, struct jo_err *err);

/* "STATUS" or "STATUS:SIGNAL". */
int field_exit(const char *text, struct jo_record *record, struct jo_err *err);

#endif
