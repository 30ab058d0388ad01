/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's configuration: "Key=Value" lines as in slurm.conf.  A new key is a
 * member here and a row of the table in keys.c; joboutliers.conf(5) and
 * etc/joboutliers.conf name it too, and tests/lint/conf.t compares the three.
 *
 * Sizes are bytes (_bytes), durations micro-seconds (_us).  A string that is
 * not set and has no default is "", never NULL.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "joboutliers/err.h"
#include "util/strlist.h"

/* What separates groups (GroupBy); bits of conf.group_by, as in store/group.h. */
enum conf_group_by {
	CONF_BY_CLUSTER = 1 << 0,
	CONF_BY_PARTITION = 1 << 1,
	CONF_BY_ACCOUNT = 1 << 2,
	CONF_BY_QOS = 1 << 3,
	CONF_BY_USER = 1 << 4,
	CONF_BY_CLASS = 1 << 5,
	CONF_BY_PROGRAM = 1 << 6,
};

/* How an undeclared class is made of names (ClassNames), as in step/class_name.h. */
enum conf_class_names { CONF_NAMES_FAMILY, CONF_NAMES_WHOLE };

/* How mail leaves the host (MailTransport). */
enum conf_mail_transport { CONF_MAIL_SENDMAIL, CONF_MAIL_SMTP };

/* SmtpTls */
enum conf_smtp_tls { CONF_TLS_REQUIRED, CONF_TLS_OPPORTUNISTIC, CONF_TLS_NONE };

struct conf {
	char *path; /* of the file; for messages */

	char *database;
	char *readers_database; /* "": readers have no copy */
	struct strlist readers, readers_all;
	struct strlist spool;
	char *requests; /* "": none are taken */
	char *logs;     /* "": none are read */
	bool ask_sacct;
	char *otlp_spool; /* "": none are received */
	int64_t otlp_spool_bytes;
	int64_t otlp_runs_max;
	char *otlp_token_file; /* "": none is asked for */
	struct strlist otlp_size;
	char *otlp_owner;             /* "": none names one */
	struct strlist otlp_services; /* "SERVICE=USER" */
	int64_t retain_days, judge_days, check_jobs;
	struct strlist check_job_options;

	int64_t group_by;    /* enum conf_group_by */
	int64_t class_names; /* enum conf_class_names */
	double min_ratio;
	double alpha;
	int64_t history_max;

	bool mail_users;
	char *admin_mail;
	char *mail_from;
	char *mail_domain;
	char *mail_map;
	char *mail_unsubscribe;
	char *mail_templates;   /* "": the built-in texts alone */
	int64_t mail_night_max; /* 0: no limit, as of the next */
	int64_t mail_minute_max;
	int64_t mail_timeout_us;
	int64_t mail_transport; /* enum conf_mail_transport */
	char *sendmail_path;
	char *smtp_url;
	char *smtp_user;
	char *smtp_password_file;
	int64_t smtp_tls; /* enum conf_smtp_tls */
	char *smtp_ca_file;
	char *hook; /* "": there is none */
	int64_t hook_timeout_us;
	char *otlp_endpoint; /* "": there is none */
	char *otlp_headers_file;
	int64_t otlp_max_age_us;
	int64_t metrics_class_max;
	char *gnuplot_path;
	double notify_alpha;
	double notify_min_ratio;
	int64_t notify_min_time_us;
	double notify_min_core_hours;
	int64_t notify_min_memory_bytes;
	double notify_min_drift;
	int64_t notify_max_age_us;
	struct strlist notify_exclude_partitions, notify_exclude_accounts, notify_exclude_users,
		notify_exclude_classes, notify_exclude_qos;
	int64_t mail_days; /* bit 1 << tm_wday */
	struct strlist holidays;
	struct strlist link_job; /* "NAME=ADDRESS" */
};

enum conf_type {
	CONF_STRING,   /* char *; any text without control characters */
	CONF_PATH,     /* char *; absolute, or "" where that is the default */
	CONF_DATABASE, /* char *; an absolute path, or where a server is, as libpq has it */
	CONF_PATHS,    /* struct strlist; absolute paths, at least one */
	CONF_LIST,     /* struct strlist; any words, perhaps none */
	CONF_LINKS,    /* struct strlist; "NAME=ADDRESS", see link.h, perhaps none */
	CONF_BOOL,     /* bool */
	CONF_INT,      /* int64_t, min to max */
	CONF_REAL,     /* double, min to max */
	CONF_DURATION, /* int64_t micro-seconds */
	CONF_SIZE,     /* int64_t bytes */
	CONF_ENUM,     /* int64_t, index into words */
	CONF_SET,      /* int64_t, bit i for words[i], at least one */
	CONF_RANGES,   /* CONF_SET with ranges, "Mon-Fri"; from the last word on they go round */
};

struct conf_key {
	const char *name; /* as written in the manual */
	enum conf_type type;
	size_t offset; /* in struct conf */
	const char *default_text;
	double min, max;          /* of CONF_INT and CONF_REAL, both allowed */
	const char *const *words; /* of CONF_ENUM and CONF_SET, NULL at the end */
};

/* In the manual's order; ends with a NULL name. */
extern const struct conf_key conf_keys[];

/* The key of this name in any case, or NULL. */
const struct conf_key *conf_key_find(const char *name);

/* What values the key takes, in words ("a number from 1 to 100"), into buf; returns buf. */
char *conf_key_expects(const struct conf_key *key, char *buf, size_t size);

/* Free a configuration and all that it owns; NULL is fine. */
void conf_free(struct conf *conf);

/*
 * Set one key from text, over what was there before.
 *
 * Returns 0; -ENOENT for a key that does not exist, with the nearest one in
 * *err; or -EINVAL for a value the key does not take, with what it takes.  The
 * configuration is then untouched.
 */
int conf_set(struct conf *conf, const char *name, const char *value, struct jo_err *err);

/*
 * Read a file over the defaults.  '#' at the start of a line or after white
 * space begins a comment; a value may stand in double quotes.
 *
 * Refused, with "PATH:LINE: " before the reason: a line without '=', a key that
 * does not exist, a value its key does not take, a key given twice, a control
 * character; and a file that is not a regular one or that everybody may write,
 * as it names programs that are run.  Returns a negative errno; *ret_conf is
 * then untouched.
 */
int conf_read(const char *path, struct conf **ret_conf, struct jo_err *err);

#endif
