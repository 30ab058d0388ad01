/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terms that the driver and those who use the store have in common. */
#ifndef STORE_TERMS_H
#define STORE_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is going to be done with it. */
enum store_mode {
	STORE_READ,   /* never changes the file; an older schema is refused with the way out */
	STORE_WRITE,  /* brings an older schema up to date */
	STORE_CREATE, /* STORE_WRITE, and makes the file (mode 0640) when there is none */
};

/* What opening depends on. */
struct store_options {
	enum store_mode mode;
	int64_t busy_timeout_ms; /* how long to wait for another writer; 0 for not at all */
};

/* Longer than any transaction of ours takes on a slow disk, shorter than a person waits. */
#define STORE_BUSY_TIMEOUT_MS 10000

/* How bad it is what was found where the database is to lie. */
enum store_grade { STORE_GRADE_GOOD, STORE_GRADE_WARN, STORE_GRADE_FAIL };

/* Told one line, which names what it is about and says what to do. */
typedef void store_tell_fn(void *context, enum store_grade grade, const char *text);

/* Who but the owner may read a database on a server: names of roles there. */
struct store_readers {
	const char *const *own; /* these see the rows of the user who is called as they log in */
	size_t own_count;
	const char *const *all; /* these see all, but for mails and their addresses */
	size_t all_count;
};

/* Told how far long work has come, in a unit that both numbers have. */
typedef void store_progress_fn(void *context, int64_t done, int64_t total);

/* What runs alone. */
enum store_lock_kind {
	STORE_LOCK_INGEST,  /* reading a spool folder, which is a part; folder_lock.h takes it */
	STORE_LOCK_CHECK,   /* judging what was not judged yet */
	STORE_LOCK_MAIL,    /* sending what waits in the outbox */
	STORE_LOCK_NIGHT,   /* a whole night; night_report.h takes it */
	STORE_LOCK_READERS, /* making the copy for readers */
	STORE_LOCK_HOOK,    /* handing findings to Hook */
	STORE_LOCK_SEND,    /* sending spans to OtlpEndpoint */
	STORE_LOCK_LOGS,    /* reading programs' logs */
	STORE_LOCK_PAST,    /* settling what is judged and what is history */
	STORE_LOCK_COUNT,
};

/* Which lock: the kind as a whole, or those parts of it that have the numbers first to last.  Who
 * has a part keeps others from that part and from the whole, and nobody from other parts. */
struct store_lock_name {
	enum store_lock_kind kind;
	bool is_awaited; /* of the whole alone: until nobody has it, however long that is */
	bool is_part;
	uint32_t first, last; /* of a part; at most INT32_MAX */
};

#endif
