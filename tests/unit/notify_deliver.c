/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the outbox into a real mailbox: each finding once, to its owner,
 * whatever the mail server does in between.
 */
#include "notify/admin.h"
#include "notify/deliver.h"
#include "notify/queue.h"
#include "notify_fixture.h"

static struct store *reopen(struct store *store)
{
	const struct store_options options = {STORE_WRITE, 0};
	char *path = g_strdup(store_path(store));

	store_close(store);
	(void)store_open(path, &options, &store, NULL);
	g_free(path);
	return store;
}

static int queue_one(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct store *store = context;

	return mail->recipient.problem.code != 0
		       ? 0
		       : MIN(notify_queue(store, &good_settings, mail, NOW_US, err), 0);
}

static void queue_all(struct store *store)
{
	struct tonight_now now = {.ledger = NULL};
	struct jo_err err = {0};
	int rc = tonight_now_read(store, &good_settings.rules, STORE_CHANNEL_MAIL, NOW_US, &now,
				  &err);

	if (rc == 0)
		rc = notify_compose(store, &good_settings, &now.tonight.items, &now.tonight.news,
				    NULL, queue_one, store, &err);
	is_int(rc, 0, "mails are queued (%s)", err.text);
	tonight_now_release(&now);
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

/* As the mailer does, who holds its lock. */
static int deliver_now(struct store *store, const struct notify_settings *settings,
		       struct mail_sender *sender, int64_t now_unix_us,
		       struct notify_delivery *delivery, struct jo_err *err)
{
	struct store_lock *lock;
	int rc = store_lock_take(store, STORE_LOCK_MAIL, &lock, err);

	if (rc < 0)
		return rc;
	rc = notify_deliver(store, lock, settings, sender, now_unix_us, delivery, err);
	store_lock_release(lock);
	return rc;
}

/* Deliver at so many hours after NOW, and compare what came of it. */
static void deliver(struct store *store, struct mail_sender *sender, int hours, int sent,
		    int deferred, int failed, const char *name)
{
	struct notify_delivery delivery = {0};
	struct jo_err err = {0};
	int rc = deliver_now(store, &good_settings, sender, NOW_US + hours * HOUR_US, &delivery,
			     &err);

	is_int(rc, 0, "%s (%s)", name, rc < 0 ? err.text : delivery.trouble.text);
	is_int(delivery.sent_count, sent, "%d sent", sent);
	is_int(delivery.deferred_count, deferred, "%d deferred", deferred);
	is_int(delivery.failed_count, failed, "%d failed", failed);
}

static void check_delivery(const char *folder)
{
	char *box = g_build_filename(folder, "box", NULL), *first_id, *second_id;
	struct smtp_box server;
	struct store *store = new_store(folder);
	struct mail_sender *sender = NULL;
	struct store_message message;
	struct strlist lines = {0};
	const struct notify_notice notice = {.lines = &lines};
	char *text;

	(void)g_mkdir(box, 0700);
	if (!open_box(&server, box, NULL, NULL, "127.0.0.1", "delivery"))
		return;
	(void)mail_sender_new(&server.transport, &sender, NULL);
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
	is_int(notify_queue_notice(store, &good_settings, &notice, NOW_US + HOUR_US, NULL), 1,
	       "the admin has a notice");
	is_int(notify_queue_notice(store, &good_settings, &notice, NOW_US + HOUR_US, NULL), 0,
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
	close_box(&server);
	store_close(store);
	g_free(box);
}

/* A limit for the night: the worst go first, the others in the next nights, none is lost. */
static void check_night_max(const char *folder)
{
	char *box = g_build_filename(folder, "box", NULL), *envelope;
	struct notify_settings limited = good_settings;
	struct notify_delivery delivery = {0};
	struct store *store = new_store(folder);
	struct mail_sender *sender = NULL;
	struct smtp_box server;
	struct strlist lines = {0};
	const struct notify_notice notice = {.lines = &lines};
	gint64 begun_us;

	(void)g_mkdir(box, 0700);
	if (!open_box(&server, box, NULL, NULL, "127.0.0.1", "limits"))
		goto out;
	(void)mail_sender_new(&server.transport, &sender, NULL);
	add_job(store, OUTLIER(200, "ada", 1001, 3.1));
	add_job(store, OUTLIER(201, "bob", 1002, 3.9));
	add_job(store, OUTLIER(202, "cy", 1003, 3.5));
	add_job(store, OUTLIER(203, "eve", 1004, 3.3));
	queue_all(store);
	limited.night_max = 2;
	is_int(deliver_now(store, &limited, sender, NOW_US, &delivery, NULL), 0, "two a night");
	is_int(delivery.sent_count, 2, "two are sent");
	is_int(delivery.waiting_count, 2, "two wait");
	envelope = read_file(box, "1.json");
	ok(envelope != NULL && strstr(envelope, "bob@") != NULL, "the worst comes first");
	g_free(envelope);
	envelope = read_file(box, "2.json");
	ok(envelope != NULL && strstr(envelope, "cy@") != NULL, "then the next");
	g_free(envelope);
	strlist_add(&lines, "something");
	is_int(notify_queue_notice(store, &limited, &notice, NOW_US, NULL), 1,
	       "the admin has a notice");
	delivery = (struct notify_delivery){0};
	is_int(deliver_now(store, &limited, sender, NOW_US + HOUR_US, &delivery, NULL), 0,
	       "again in the same night");
	is_int(delivery.sent_count, 1, "the admin's alone is sent");
	is_int(delivery.waiting_count, 2, "two still wait");
	delivery = (struct notify_delivery){0};
	limited.minute_max = 120;
	begun_us = g_get_monotonic_time();
	is_int(deliver_now(store, &limited, sender, NOW_US + 24 * HOUR_US, &delivery, NULL), 0,
	       "the next night");
	ok(g_get_monotonic_time() - begun_us >= G_USEC_PER_SEC / 2, "half a second apart");
	is_int(delivery.sent_count, 2, "the others are sent");
	is_int(delivery.waiting_count, 0, "nobody waits");
	mail_sender_free(sender);
	close_box(&server);
	strlist_release(&lines);
out:
	store_close(store);
	g_free(box);
}

static char *header_of(const char *mail, const char *name)
{
	const char *found = strstr(mail, name);

	return found == NULL ? NULL : g_strndup(found, strcspn(found, "\r"));
}

/* A name that smuggles a header, and a class that is a script: one recipient, no header more. */
static void check_hostile(const char *folder)
{
	char *box = g_build_filename(folder, "box", NULL), *mail, *envelope, *to, *subject;
	struct store *store = new_store(folder);
	struct mail_sender *sender = NULL;
	struct smtp_box server;
	const char *body, *html;

	(void)g_mkdir(box, 0700);
	if (!open_box(&server, box, NULL, NULL, "127.0.0.1", "hostile names"))
		goto out;
	add_job(store, &(struct job){200, JO_MISSING, "bob", 1002,
				     "<script>alert(1)</script>\r\nBcc: y@example.org",
				     JO_STEP_BATCH, 4294967291, 3.64, 1.4, 8, NULL, 3});
	queue_all(store);
	(void)mail_sender_new(&server.transport, &sender, NULL);
	deliver(store, sender, 0, 1, 0, 0, "a mail to who is named like a header");
	envelope = read_file(box, "1.json");
	ok(envelope != NULL && strstr(envelope, "\"to\": [\"bob@example.org\"]") != NULL,
	   "goes to one");
	mail = read_file(box, "1.eml");
	body = mail == NULL ? NULL : strstr(mail, "\r\n\r\n");
	if (ok(body != NULL, "it has come")) {
		char *headers = g_strndup(mail, (gsize)(body - mail));

		ok(strstr(headers, "\nBcc:") == NULL, "and has no header of theirs");
		to = header_of(headers, "\nTo:");
		ok(to != NULL && g_str_has_suffix(to, "<bob@example.org>"), "but its own To");
		subject = header_of(headers, "\nSubject:");
		ok(subject != NULL && strstr(subject, "<script>") != NULL,
		   "a subject that shows the name as it is");
		html = strstr(body, "Content-Type: text/html");
		ok(html != NULL && strstr(html, "<script") == NULL &&
			   strstr(html, "&lt;script&gt;") != NULL,
		   "and HTML that does not run it");
		g_free(headers);
		g_free(to);
		g_free(subject);
	}
	g_free(mail);
	g_free(envelope);
	mail_sender_free(sender);
	close_box(&server);
out:
	store_close(store);
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
	is_int(deliver_now(store, &admin_only, sender, NOW_US, &delivery, NULL), 0,
	       "users are not to be written to");
	is_int(delivery.deferred_count, 0, "so their mails wait");
	deliver(store, sender, 0, 0, 3, 0, "no server: three tries are enough");
	deliver(store, sender, 0, 0, 1, 0, "the fourth is tried first by the next run");
	deliver(store, sender, 5 * 24, 0, 0, 3, "given up after five days");
	mail_sender_free(sender);
	store_close(store);
}

int main(void)
{
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	(void)setenv("TZ", "UTC", 1);
	good_settings.wording = wording;
	in_folder(check_delivery);
	in_folder(check_night_max);
	in_folder(check_hostile);
	in_folder(check_dead_server);
	mail_catalog_free(wording);
	return tap_done();
}
