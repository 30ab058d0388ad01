/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways in: what import and ingest read records from.  A way in is one file,
 * intake/from_NAME.c, with its struct source_NAME, and one row below; the
 * options of import, their help, refusals and the summary come from that.
 * Options that several have stand in a second table.
 */
#ifndef INTAKE_SOURCE_H
#define INTAKE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "store/store.h"
#include "util/arena.h"
#include "util/strlist.h"

/* SOURCE(name): in the order of --help. */
/* clang-format off */
#define SOURCES(SOURCE) \
	SOURCE(csv) SOURCE(sacct) SOURCE(nextflow) SOURCE(snakemake) SOURCE(swf) SOURCE(otlp) \
	SOURCE(jsonl) SOURCE(log) SOURCE(spool) SOURCE(logs) SOURCE(suspended) \
	SOURCE(received)
/* clang-format on */

/* Records that the store sees at once: 256 of them are 1.2 MB. */
#define SOURCE_BLOCK_RECORDS 256

/* Options that one source can have: more would be a program of its own. */
#define SOURCE_OPTIONS_MAX 4

/* A long option of import. */
struct source_option {
	const char *name; /* without dashes */
	const char *argument;
	bool is_optional; /* the argument is */
	const char *help; /* one line for --help */
	char letter;      /* of its short form, or 0 */
};

/* Options that several sources have: each takes those whose bits are in its `takes`. */
enum source_shared {
	SOURCE_MAP,       /* for column_map_parse() */
	SOURCE_SIZES,     /* for size_list_read() */
	SOURCE_DELIMITER, /* for source_delimiter() */
	SOURCE_SINCE,     /* these two only as to whether they were given */
	SOURCE_UNTIL,
	SOURCE_SHARED_COUNT,
};
#define SOURCE_TAKES(shared) (1U << (shared))

/* SOURCE_SHARED_COUNT of them. */
extern const struct source_option source_shared_options[];

#define SOURCE_OTLP_OWNER_SENDER "sender"

/* How spans of OpenTelemetry are understood; all of it is the caller's. */
struct source_otlp {
	const char *spool;          /* where receive leaves them */
	const struct strlist *size; /* attributes that are an input size */
	/* The attribute that names a user; "": none does; or this word, for who sent them. */
	const char *owner;
	const struct strlist *services; /* "SERVICE=USER" */
};

/* What is to be read; all of it is the caller's, until close. */
struct source_request {
	struct store *store;                 /* where the records will go */
	const struct source *const *sources; /* SOURCE_COUNT of them, for source_guess(); or NULL */
	/* By the source's options: NULL for one that was not given, "" for one without argument. */
	const char *values[SOURCE_OPTIONS_MAX];
	const char *shared[SOURCE_SHARED_COUNT]; /* NULL: not given */
	/* Of a source that takes_files: values[0] and those after it. */
	const char *const *files;
	size_t file_count;
	int64_t since_unix_us, until_unix_us; /* the time that is asked for */
	const char *const *spools;            /* of the configuration */
	size_t spool_count;
	const char *logs;               /* of the configuration: the list of logs */
	const struct source_otlp *otlp; /* of the configuration */
	int64_t now_unix_us;            /* as the program has it */
	bool wants_total;               /* somebody looks at how much there is */
};

/* Something that was no record, or none for us, in words; and of which node, or NULL. */
struct source_bad {
	char *node;
	char *text;
};

/* Some of what was read.  Made by the caller; what next fills stays until its next call. */
struct source_block {
	struct jo_record *records;                    /* room for SOURCE_BLOCK_RECORDS */
	enum step_state states[SOURCE_BLOCK_RECORDS]; /* NONE: derived from the record */
	size_t record_count;
	struct store_span *spans; /* details of steps; their texts are in span_texts */
	size_t span_count, span_capacity;
	struct arena_block *span_texts;
	struct source_bad *bad;
	size_t bad_count, bad_capacity;
	size_t skipped_count; /* right, but nothing for us */
	struct strlist notes; /* what people should know of the whole of it, a line each */
	/* How far the source is; total 0: of nobody knows how much. */
	int64_t done, total;
	bool wants_commit; /* the source cannot keep more that is not committed */
};

/* An empty block with its memory. */
void source_block_init(struct source_block *block);
/* Free what it holds. */
void source_block_release(struct source_block *block);
/* Make it empty; its memory stays. */
void source_block_clear(struct source_block *block);
/* Whether it has as many records, bad and skipped ones as there is room for. */
bool source_block_is_full(const struct source_block *block);
/* The record to fill next, with whatever is in it, of a block that is not full. */
struct jo_record *source_block_record(struct source_block *block);
/* Keep that record; state NONE: derived from it. */
void source_block_put(struct source_block *block, enum step_state state);
/* Add a span, whose texts are copied. */
void source_block_span(struct source_block *block, const struct store_span *span);
/* Add a line for people that is about no record. */
void source_block_note(struct source_block *block, const char *text);
/* Add what was refused; both texts are copied, node may be NULL. */
void source_block_refuse(struct source_block *block, const char *node, const char *text);

/*
 * What --delimiter says: one of the characters of allowed, "tab" or "\\t" for a tab; '\0' when
 * text is NULL.  Returns 0 or -EINVAL.
 */
int source_delimiter(const char *text, const char *allowed, char *ret_delimiter,
		     struct jo_err *err);

/*
 * Whether a time that was read, and is not missing, is more than a day after now: a step of
 * years to come would be listed as the newest until then, and never be pruned.
 */
bool source_is_future(const struct source_request *request, int64_t unix_us);

/* Refuse a record, whose start is known, that begins in that future: 0, or -EINVAL. */
int source_check_start(const struct source_request *request, const struct jo_record *record,
		       struct jo_err *err);

struct source {
	const char *noun;             /* one of what is read: "row" */
	enum step_source step_source; /* how much its word counts */
	bool only_fills;              /* it adds to known steps, and adds none */
	/* Of import, ending with a NULL name: the first chooses the source, the others go with it.
	 * NULL: import does not have it. */
	const struct source_option *options;
	unsigned int takes; /* bits of enum source_shared */
	bool takes_files;   /* its first option's file may be followed by others */
	/* Whether a file of it begins with such a line; and what it is then, for people.  May be
	 * NULL. */
	bool (*looks_like)(const char *line);
	const char *likeness;
	/* Begin: *ret_reader is what the others are given. */
	int (*open)(const struct source_request *request, void **ret_reader, struct jo_err *err);
	/*
	 * Fill the block, which is empty.  Returns 1, 0 when there will be no more, or a negative
	 * errno that ends the intake: the block's records are then not taken, but what is bad
	 * in it is told.
	 */
	int (*next)(void *reader, struct source_block *block, struct jo_err *err);
	/* All that next has handed out is on the disk of the database; may be NULL. */
	void (*committed)(void *reader);
	/* Free the reader.  Returns 0 or the first error that did not stop it. */
	int (*close)(void *reader, struct jo_err *err);
};

#define SOURCE_GUESS_SIZE 128

/*
 * Whether a file that begins with this line is for another source than the one that was
 * asked for; *ret_guess then says what it looks like and which option reads that.
 */
bool source_guess(const struct source_request *request, const struct source *asked,
		  const char *line, char ret_guess[SOURCE_GUESS_SIZE]);

#define SOURCE_DECLARE(name) extern const struct source source_##name;
SOURCES(SOURCE_DECLARE)
#undef SOURCE_DECLARE

#define SOURCE_ONE(name) +1
enum { SOURCE_COUNT = 0 SOURCES(SOURCE_ONE) };
#undef SOURCE_ONE

/* SOURCE_COUNT of them, in the order above. */
extern const struct source *const sources[SOURCE_COUNT];

#endif
