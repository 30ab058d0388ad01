/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From verdicts to mails in a real mailbox: each finding once, to its owner,
 * whatever the mail server does in between.
 */
#include "notify/notify.h"
#include "notify/wording.h"

#include <errno.h>
#include <stdlib.h>

#include "smtp_server.h"
#include "tap.h"

#define HOUR_US INT64_C(3600000000)
#define NOW_US (INT64_C(1764000000) * 1000000)
#define GIB (INT64_C(1) << 30)

struct job {
	int64_t job_id, array_task_id;
	const char *user;
	int64_t uid;
	const char *class_name;
	enum jo_step_kind kind;
	int64_t step_id;
	double hours, expected_hours; /* expected 0: no verdict */
	int64_t cpu_count;
	const char *attrs;
	int64_t age_hours;
};

static void add_job(struct store *store, const struct job *job)
{
	struct store_selection selection;
	struct jo_record record;
	struct store_input input = {&record, NULL, STORE_SOURCE_PLUGIN, STORE_STATE_COMPLETED};
	struct store_added added = {0};
	struct store_cursor *cursor = NULL;
	struct store_job key = {job->job_id, job->array_task_id, JO_MISSING, job->step_id};
	struct store_step step;
	struct jo_err err = {0};

	jo_record_init(&record, JO_RECORD_END);
	record.job_id = job->job_id;
	if (job->array_task_id != JO_MISSING) {
		record.array_job_id = job->job_id;
		record.array_task_id = job->array_task_id;
		record.job_id = job->job_id + job->array_task_id;
		key.job_id = record.job_id;
		key.array_task_id = JO_MISSING;
	}
	record.step_id = job->step_id;
	record.step_kind = job->kind;
	record.restart_count = 0;
	record.node_index = 0;
	record.node_count = 1;
	record.uid = job->uid;
	record.cpu_count = job->cpu_count;
	record.task_count = 1;
	record.input_bytes = 40 * GIB;
	record.wall_us = (int64_t)(job->hours * (double)HOUR_US);
	record.start_unix_us = NOW_US - job->age_hours * HOUR_US - record.wall_us;
	record.exit_status = 0;
	jo_record_set_string(record.cluster, sizeof(record.cluster), "hpc");
	jo_record_set_string(record.node, sizeof(record.node), "n1");
	jo_record_set_string(record.partition, sizeof(record.partition), "bio");
	jo_record_set_string(record.user, sizeof(record.user), job->user);
	jo_record_set_string(record.class_name, sizeof(record.class_name), job->class_name);
	record.class_is_declared = 0;
	if (job->attrs != NULL)
		(void)jo_attrs_parse(job->attrs, &record.attrs, NULL);
	if (store_begin(store, &err) < 0 || store_add(store, &input, 1, NOW_US, &added, &err) < 0 ||
	    store_commit(store, &err) < 0)
		printf("# job %d: %s\n", (int)job->job_id, err.text);
	if (job->expected_hours == 0)
		return;
	store_selection_init(&selection);
	selection.jobs = &key;
	selection.job_count = 1;
	if (store_steps_open(store, &selection, &cursor, &err) == 0 &&
	    store_steps_next(cursor, &step, &err) == 1) {
		double expected = job->expected_hours * (double)HOUR_US;
		struct store_verdict verdict = {
			.step_id = step.id,
			.group_id = step.group_id,
			.metric = STORE_WALL,
			.verdict =
				job->hours >= 1.5 * job->expected_hours ? STORE_HIGH : STORE_NORMAL,
			.reason = "",
			.value = (double)record.wall_us,
			.expected = expected,
			.low = 0.8 * expected,
			.high = 1.3 * expected,
			.ratio = (double)record.wall_us / expected,
			.score = (double)record.wall_us / expected,
			.history_count = 41,
			.borrowed_count = 0,
			.borrowed_from = "",
			.attrs_used = "",
			.detail = "",
			.judged_unix_us = NOW_US,
		};

		store_cursor_close(cursor);
		cursor = NULL;
		if (store_verdict_put(store, &verdict, &err) != 0)
			printf("# verdict of job %d: %s\n", (int)job->job_id, err.text);
	} else {
		printf("# job %d is not found: %s\n", (int)job->job_id, err.text);
	}
	if (cursor != NULL)
		store_cursor_close(cursor);
}

static bool find_person(const char *user, struct notify_person *ret_person)
{
	static const struct {
		const char *user;
		int64_t uid;
		const char *name;
	} people[] = {
		{"ada", 1001, "Ada Lovelace"},
		{"bob", 1002,
		 "B\xc3\xb6"
		 "b\r\nBcc: x@example.org"},
		{"cy", 1003, ""},
		{"eve", 1004, "Eve"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
		if (strcmp(people[i].user, user) != 0)
			continue;
		ret_person->uid = people[i].uid;
		(void)g_strlcpy(ret_person->name, people[i].name, sizeof(ret_person->name));
		return true;
	}
	return false;
}

static struct notify_settings good_settings = {
	.min_ratio = 1.5,
	.min_time_us = 10 * 60 * INT64_C(1000000),
	.min_core_hours = 1,
	.min_memory_bytes = GIB,
	.max_age_us = 7 * 24 * HOUR_US,
	.want_users = true,
	.from_address = "jobs@example.org",
	.admin_address = "admin@example.org",
	.unsubscribe = "",
	.mail_domain = "example.org",
	.find_person = find_person,
	.gnuplot = "gnuplot",
};

static struct store *new_store(const char *folder)
{
	const struct store_options options = {STORE_CREATE, 0};
	char *path = g_build_filename(folder, "jobs.db", NULL);
	struct store *store = NULL;
	struct jo_err err = {0};

	is_int(store_open(path, &options, &store, &err), 0, "a database (%s)", err.text);
	g_free(path);
	return store;
}

static struct store *reopen(struct store *store)
{
	const struct store_options options = {STORE_WRITE, 0};
	char *path = g_strdup(store_path(store));

	store_close(store);
	(void)store_open(path, &options, &store, NULL);
	g_free(path);
	return store;
}

#define NORMAL(id, attrs)                                                                          \
	&(struct job)                                                                              \
	{                                                                                          \
		id, JO_MISSING, "ada", 1001, "align", JO_STEP_BATCH, 4294967291, 1.4, 1.4, 8,      \
			attrs, 48                                                                  \
	}
#define OUTLIER(id, user, uid, hours)                                                              \
	&(struct job)                                                                              \
	{                                                                                          \
		id, JO_MISSING, user, uid, "align", JO_STEP_BATCH, 4294967291, hours, 1.4, 8,      \
			"filter_words=174", 3                                                      \
	}

struct seen {
	GString *text; /* of all mails */
	size_t mails, items, findings, problems, pictures;
};

static int see(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct seen *seen = context;
	char *text = mail_doc_text(&mail->doc);

	(void)err;
	seen->mails++;
	seen->items += mail->item_count;
	seen->findings += mail->finding_count;
	seen->problems += mail->problem.code != 0;
	for (guint i = 0; i < mail->doc.blocks->len; i++)
		seen->pictures +=
			((struct mail_block *)mail->doc.blocks->pdata[i])->kind == MAIL_IMAGE;
	g_string_append_printf(seen->text, "To: %s\nSubject: %s\n%s%s\n",
			       mail->problem.code == 0 ? mail->address : mail->problem.text,
			       mail->subject, text, "");
	g_free(text);
	return 0;
}

static struct seen compose(struct store *store, const struct notify_settings *settings)
{
	struct seen seen = {.text = g_string_new(NULL)};
	struct notify_items items = {0};
	struct jo_err err = {0};

	is_int(notify_items_read(store, settings, NOW_US, &items, &err), 0,
	       "verdicts are read (%s)", err.text);
	is_int(notify_compose(store, settings, &items, NULL, see, &seen, &err), 0,
	       "mails are composed (%s)", err.text);
	notify_items_release(&items);
	return seen;
}

static int queue_one(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct store *store = context;

	return mail->problem.code != 0
		       ? 0
		       : MIN(notify_queue(store, &good_settings, mail, NOW_US, err), 0);
}

static void queue_all(struct store *store)
{
	struct notify_items items = {0};
	struct jo_err err = {0};
	int rc = notify_items_read(store, &good_settings, NOW_US, &items, &err);

	if (rc == 0)
		rc = notify_compose(store, &good_settings, &items, NULL, queue_one, store, &err);
	is_int(rc, 0, "mails are queued (%s)", err.text);
	notify_items_release(&items);
}

static void check_words(const char *folder)
{
	struct notify_settings settings = good_settings;
	struct store *store = new_store(folder);
	struct seen seen;

	for (int i = 0; i < 41; i++)
		add_job(store, NORMAL(100 + i, "filter_words=30,db=nr"));
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	seen = compose(store, &good_settings);
	is_int(seen.mails, 1, "one user has a mail");
	is_int(seen.findings, 1, "about one finding");
	ok(strstr(seen.text->str, "To: ada@example.org\n") != NULL, "at ada's address");
	ok(strstr(seen.text->str, "Subject: align took 2.6 times as long as expected\n") != NULL,
	   "the subject says what happened");
	ok(strstr(seen.text->str, "filter_words was 174; in the 41 normal jobs it was 30") != NULL,
	   "what differs");
	ok(strstr(seen.text->str, "db was not declared; in the 41 normal jobs it was nr") != NULL,
	   "what was left out differs as well");
	ok(strstr(seen.text->str, "17.9 core-hours") != NULL, "what it cost");
	ok(strstr(seen.text->str, "40.0 GiB") != NULL, "for which input");
	is_int(seen.pictures, 1, "with a picture");
	(void)g_string_free(seen.text, TRUE);
	settings.gnuplot = "/nonexistent";
	seen = compose(store, &settings);
	is_int(seen.mails, 1, "no gnuplot, no picture, but the mail");
	is_int(seen.pictures, 0, "without one");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static void check_floors(const char *folder)
{
	static const struct {
		const char *name;
		double min_ratio, min_core_hours;
		int64_t min_time_us, max_age_us;
		size_t want;
	} cases[] = {
		{"floors that are met", 2.0, 11, HOUR_US, 7 * 24 * HOUR_US, 1},
		{"a ratio below", 2.1, 0, 0, 7 * 24 * HOUR_US, 0},
		{"core-hours below", 1, 12, 0, 7 * 24 * HOUR_US, 0},
		{"time below", 1, 0, 2 * HOUR_US, 7 * 24 * HOUR_US, 0},
		{"too old", 1, 0, 0, 2 * HOUR_US, 0},
		{"just young enough", 1, 0, 0, 3 * HOUR_US, 1},
	};
	struct store *store = new_store(folder);

	add_job(store, OUTLIER(200, "ada", 1001, 2.8)); /* 1.4 h and 11.2 core-hours too much */
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct notify_settings settings = good_settings;
		struct notify_items items = {0};

		settings.min_ratio = cases[i].min_ratio;
		settings.min_core_hours = cases[i].min_core_hours;
		settings.min_time_us = cases[i].min_time_us;
		settings.max_age_us = cases[i].max_age_us;
		is_int(notify_items_read(store, &settings, NOW_US, &items, NULL), 0, "%s",
		       cases[i].name);
		is_int(items.count, cases[i].want, "%zu findings", cases[i].want);
		notify_items_release(&items);
	}
	store_close(store);
}

static void check_collapsing(const char *folder)
{
	struct store *store = new_store(folder);
	struct seen seen;

	for (int i = 1; i <= 30; i++)
		add_job(store, &(struct job){500, i, "ada", 1001, "sweep", JO_STEP_BATCH,
					     4294967291, 3 + 0.01 * i, 1, 4, NULL, 3});
	/* a batch script and the step that it waited for */
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort", JO_STEP_BATCH,
				     4294967291, 4, 1, 4, NULL, 3});
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort:sort", JO_STEP_SRUN, 0,
				     3.9, 1, 4, NULL, 3});
	seen = compose(store, &good_settings);
	is_int(seen.items, 32, "32 verdicts");
	is_int(seen.findings, 2, "are two findings");
	ok(strstr(seen.text->str, "1. sort:sort took 3.9 times") != NULL, "the worst first");
	ok(strstr(seen.text->str, "2. 30 x sweep took up to 3.3 times as long as expected") != NULL,
	   "an array once");
	ok(strstr(seen.text->str, "500_30, 500_29, 500_28, 500_27 and 26 more") != NULL,
	   "with its worst tasks");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static void check_recipients(const char *folder)
{
	struct store *store = new_store(folder);
	struct seen seen;

	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	add_job(store, OUTLIER(201, "gone", 1999, 3.64));
	add_job(store, OUTLIER(202, "bob", 1002, 3.64));
	/* a user whose uid passwd does not know says to be eve */
	add_job(store, OUTLIER(203, "eve", 1998, 3.64));
	add_job(store, OUTLIER(204, "cy\nBcc: all", 1997, 3.64));
	seen = compose(store, &good_settings);
	is_int(seen.mails, 5, "five users");
	is_int(seen.problems, 3, "three of them cannot be reached");
	ok(strstr(seen.text->str, "'gone' has no passwd entry and is not in MailMap") != NULL,
	   "one who left");
	ok(strstr(seen.text->str, "'eve' is named by jobs of uid 1998, whose name it is not") !=
		   NULL,
	   "one who gives another's name");
	ok(strstr(seen.text->str, "Hello Ada Lovelace,") != NULL, "names are greeted");
	ok(strstr(seen.text->str, "Hello B\xc3\xb6"
				  "b Bcc: x@example.org,") != NULL,
	   "hostile ones as one line");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static void set_faults(const char *box, const char *faults)
{
	write_file(box, "faults", faults, 0600);
}

static char *message_id_of(const char *box, const char *name)
{
	char *text = read_file(box, name), *id;
	const char *found;

	if (text == NULL)
		return NULL;
	found = strstr(text, "Message-Id: ");
	id = found == NULL ? NULL : g_strndup(found, strcspn(found, "\r"));
	g_free(text);
	return id;
}

/* Deliver at so many hours after NOW, and compare what came of it. */
static void deliver(struct store *store, struct mail_sender *sender, int hours, int sent,
		    int deferred, int failed, const char *name)
{
	struct notify_delivery delivery = {0};
	struct jo_err err = {0};
	int rc = notify_deliver(store, &good_settings, sender, NOW_US + hours * HOUR_US, &delivery,
				&err);

	is_int(rc, 0, "%s (%s)", name, rc < 0 ? err.text : delivery.trouble.text);
	is_int(delivery.sent_count, sent, "%d sent", sent);
	is_int(delivery.deferred_count, deferred, "%d deferred", deferred);
	is_int(delivery.failed_count, failed, "%d failed", failed);
}

static void check_delivery(const char *folder)
{
	char *box = g_build_filename(folder, "box", NULL), *url, *first_id, *second_id;
	struct mail_transport transport = {
		.via = MAIL_VIA_SMTP, .tls = MAIL_TLS_NONE, .timeout_s = 60};
	struct store *store = new_store(folder);
	struct mail_sender *sender = NULL;
	struct store_message message;
	struct strlist lines = {0};
	int port;
	pid_t server;
	char *text;

	(void)g_mkdir(box, 0700);
	server = start_server(box, NULL, NULL, &port);
	if (server == 0) {
		skip("python3-aiosmtpd is missing", "delivery");
		return;
	}
	url = g_strdup_printf("smtp://127.0.0.1:%d", port);
	transport.url = url;
	(void)mail_sender_new(&transport, &sender, NULL);
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	add_job(store, OUTLIER(201, "bob", 1002, 3.64));
	add_job(store, OUTLIER(202, "cy", 1003, 3.64));
	queue_all(store);
	queue_all(store); /* a second time: nothing is new */

	set_faults(box, "rcpt bob@example.org 550 5.1.1 no such user\n"
			"rcpt ada@example.org 450 4.2.0 greylisted\n");
	deliver(store, sender, 0, 1, 1, 1, "one taken, one not now, one never");
	ok(has_file(box, "1.eml") && !has_file(box, "2.eml"), "failures do not stop the others");
	set_faults(box, "end * take-close\n");
	deliver(store, sender, 0, 0, 0, 0, "at once again: nothing is due");
	deliver(store, sender, 1, 0, 1, 0, "an hour later, and the server dies after the text");
	ok(has_file(box, "2.eml"), "it had the mail");
	set_faults(box, "");
	store = reopen(store);
	deliver(store, sender, 2, 1, 0, 0, "an hour later it is sent again");
	first_id = message_id_of(box, "2.eml");
	second_id = message_id_of(box, "3.eml");
	is_str(second_id, first_id, "under the same Message-ID, so it is known as a double");
	deliver(store, sender, 300, 0, 0, 0, "and never again");
	g_free(first_id);
	g_free(second_id);

	add_job(store, OUTLIER(210, "eve", 1004, 3.64));
	queue_all(store);
	is_int(store_message_claim(store, 0, NOW_US, &message, NULL), 1, "a run takes a mail");
	store = reopen(store); /* and is killed */
	deliver(store, sender, 0, 1, 0, 0, "the next run sends what it left");
	ok(has_file(box, "4.eml"), "it arrives");

	set_faults(box, "");
	for (int i = 0; i < 100; i++)
		strlist_add(&lines, "somebody has no address");
	is_int(notify_queue_notice(store, &good_settings, &lines, NOW_US + HOUR_US, NULL), 1,
	       "the admin has a notice");
	is_int(notify_queue_notice(store, &good_settings, &lines, NOW_US + HOUR_US, NULL), 0,
	       "one a night");
	deliver(store, sender, 1, 1, 0, 0, "it is sent");
	text = read_file(box, "5.eml");
	ok(text != NULL && strstr(text, "To: admin@example.org") != NULL, "to the admin");
	ok(text != NULL && strstr(text, "bob@example.org was not delivered") != NULL,
	   "and names who could not be reached");
	ok(text != NULL && strstr(text, "and 61 more of the kind") != NULL, "and stays readable");
	g_free(text);

	strlist_release(&lines);
	mail_sender_free(sender);
	stop_server(server);
	store_close(store);
	g_free(url);
	g_free(box);
}

/* A dead mail server: the run ends after three, all is kept, and given up after five days. */
static void check_dead_server(const char *folder)
{
	struct mail_transport transport = {.via = MAIL_VIA_SMTP,
					   .url = "smtp://127.0.0.1:1",
					   .tls = MAIL_TLS_NONE,
					   .timeout_s = 60};
	struct notify_settings admin_only = good_settings;
	struct notify_delivery delivery = {0};
	struct store *store = new_store(folder);
	struct mail_sender *sender = NULL;

	(void)mail_sender_new(&transport, &sender, NULL);
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	add_job(store, OUTLIER(201, "bob", 1002, 3.64));
	add_job(store, OUTLIER(202, "cy", 1003, 3.64));
	add_job(store, OUTLIER(203, "eve", 1004, 3.64));
	queue_all(store);
	admin_only.want_users = false;
	is_int(notify_deliver(store, &admin_only, sender, NOW_US, &delivery, NULL), 0,
	       "users are not to be written to");
	is_int(delivery.deferred_count, 0, "so their mails wait");
	deliver(store, sender, 0, 0, 3, 0, "no server: three tries are enough");
	deliver(store, sender, 0, 0, 1, 0, "the fourth is tried first by the next run");
	deliver(store, sender, 5 * 24, 0, 0, 3, "given up after five days");
	mail_sender_free(sender);
	store_close(store);
}

static void in_folder(void (*check)(const char *folder))
{
	char folder[] = "/tmp/notify.XXXXXX";
	char *command = g_strdup_printf("rm -rf %s", mkdtemp(folder));

	check(folder);
	if (system(command) != 0)
		printf("# %s: failed\n", command);
	g_free(command);
}

int main(void)
{
	struct strlist problems = {0};
	struct mail_wording *wording = notify_wording_new("", &problems);

	(void)setenv("TZ", "UTC", 1);
	good_settings.wording = wording;
	in_folder(check_words);
	in_folder(check_floors);
	in_folder(check_collapsing);
	in_folder(check_recipients);
	in_folder(check_delivery);
	in_folder(check_dead_server);
	mail_wording_free(wording);
	return tap_done();
}
