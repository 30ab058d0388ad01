/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks of doctor.  Each looks at one thing, tells what it saw, and where
 * something is wrong also what to do; it changes nothing.
 */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include <stdbool.h>

#include "cmd/cmd.h"

enum doctor_grade { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
	const struct cmd_env *env;
	const struct conf *conf;
	struct store *store; /* NULL: could not be opened, which was told */
	bool want_full;      /* --full: read the whole database */
	const char *subject; /* of the check that runs */
	unsigned counts[DOCTOR_FAIL + 1];
};

/* One line: the grade, the check's subject, and a text that says what to do unless all is well. */
void doctor_tell(struct doctor *doctor, enum doctor_grade grade, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Whether what lies at an absolute path answers, or is at least of this host's
 * own; what does not is told, and must not be touched.  "" does.
 */
bool doctor_answers(struct doctor *doctor, const char *path);

/* The checks, each of the subject of its name: they tell, and return nothing. */
void doctor_spool(struct doctor *doctor);
void doctor_logs(struct doctor *doctor);
void doctor_spans(struct doctor *doctor);
void doctor_requests(struct doctor *doctor);
void doctor_database(struct doctor *doctor);
void doctor_readers(struct doctor *doctor);
void doctor_slurm(struct doctor *doctor);
void doctor_nodes(struct doctor *doctor);
void doctor_sizes(struct doctor *doctor);
void doctor_mail(struct doctor *doctor);
void doctor_hook(struct doctor *doctor);
void doctor_send(struct doctor *doctor);
void doctor_night(struct doctor *doctor);

#endif
