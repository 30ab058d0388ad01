/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms in which export hands out steps, or the numbers of the site.  A form
 * is one file, export/to_NAME.c, with its struct sink_NAME, and one row below;
 * the option of export, its help and its refusals come from that.
 */
#ifndef EXPORT_SINK_H
#define EXPORT_SINK_H

#include <stdbool.h>
#include <stdio.h>

#include "finding/health.h"
#include "store/store.h"

/* SINK(name): in the order of --help and of the manual. */
#define SINKS(SINK) SINK(csv) SINK(json) SINK(otlp) SINK(openmetrics)

/* What a form tells of. */
enum sink_subject {
	SINK_STEPS, /* each of the selected steps; takes any selection */
	SINK_SITE,  /* a window of time as a whole; of the selection, takes its times alone */
};

/* What is known of the site beside the database.  Numbers are JO_MISSING when not known. */
struct sink_site {
	struct health_site health; /* its window has the steps that are counted */
	int64_t class_max;            /* how many classes are named */
	int64_t night_begin_unix_us, night_end_unix_us, night_status; /* of the last nightly */
};

/* What is to be exported, and where to; all of it is the caller's. */
struct sink_request {
	struct store *store;
	const struct store_selection *selection; /* of SINK_STEPS */
	const struct sink_site *site;            /* of SINK_SITE */
	FILE *fp; /* where a form without an argument prints; the caller looks at its errors */
	const char *path; /* the option's argument; NULL: it takes none */
};

struct sink {
	const char *word;     /* its option, "csv" for --csv */
	const char *argument; /* of the option: "FILE", or NULL for none */
	const char *help;     /* one line for --help */
	enum sink_subject subject;
	/* Begin: *ret_writer is what the next two are given.  The request lives until close. */
	int (*open)(const struct sink_request *request, void **ret_writer, struct jo_err *err);
	/* Write one step; NULL for SINK_SITE. */
	int (*write)(void *writer, const struct judged_step *row, struct jo_err *err);
	/* Free the writer, after having finished the export if it is whole so far. */
	int (*close)(void *writer, bool is_whole, struct jo_err *err);
};

#define SINK_DECLARE(name) extern const struct sink sink_##name;
SINKS(SINK_DECLARE)
#undef SINK_DECLARE

#define SINK_ONE(name) +1
enum { SINK_COUNT = 0 SINKS(SINK_ONE) };
#undef SINK_ONE

/* SINK_COUNT of them, in the order above. */
extern const struct sink *const sinks[SINK_COUNT];

/*
 * Export what the request says in this form.  Returns 0 or a negative errno:
 * the store's, or the form's own.
 */
int sink_run(const struct sink *sink, const struct sink_request *request, struct jo_err *err);

#endif
