/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mail: tell users of their outliers, once each; or show whom it would tell what. */
#include "cmd/mail_read.h"
#include "finding/machine_news.h"
#include "notify/admin.h"
#include "notify/compose.h"
#include "notify/deliver.h"
#include "notify/queue.h"
#include "notify/texts.h"
#include "util/alloc.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct mail_args {
	struct out_options output;
	const char *preview; /* whose mail to show, or NULL */
	bool want_html;
	bool is_dry_run;
	bool want_templates;
};

enum { OPTION_PREVIEW = 0x100, OPTION_HTML, OPTION_TEMPLATES };

static const struct argp_option options[] = {
	{"dry-run", 'd', NULL, 0, "list whom it would write to; send and record nothing", 0},
	{"preview", OPTION_PREVIEW, "USER", 0,
	 "print the mail USER would get; send and record nothing", 0},
	{"html", OPTION_HTML, NULL, 0, "with --preview: its HTML part", 0},
	{"templates", OPTION_TEMPLATES, NULL, 0,
	 "print the built-in texts, to begin one's own from (MailTemplates)", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct mail_args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case 'd':
		args->is_dry_run = true;
		return 0;
	case OPTION_PREVIEW:
		args->preview = text;
		return 0;
	case OPTION_HTML:
		args->want_html = true;
		return 0;
	case OPTION_TEMPLATES:
		args->want_templates = true;
		return 0;
	case ARGP_KEY_END:
		if (args->want_html && args->preview == NULL)
			argp_error(state, "--html goes with --preview");
		if (args->is_dry_run + (args->preview != NULL) + args->want_templates > 1)
			argp_error(state, "either --dry-run, --preview or --templates");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, mail_preview_columns, mail_preview_default_columns);
}

/* A run that sends. */
struct mail_run {
	struct mail_read mailing;
	struct store_lock *lock;
	int64_t queued_count, unaddressed_count, would_count;
	int64_t later_count;    /* users that could not be looked up */
	struct jo_err no_answer; /* of the first of them */
};

static int queue_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct mail_run *run = context;
	int rc;

	if (mail->recipient.problem.code == RECIPIENT_LATER) {
		if (run->later_count++ == 0) {
			run->no_answer = mail->recipient.problem;
			strlist_add(&run->mailing.lines, run->no_answer.text);
		}
		return 0;
	}
	if (mail->recipient.problem.code != 0) {
		run->unaddressed_count++;
		strlist_add(&run->mailing.lines, mail->recipient.problem.text);
		return 0;
	}
	if (!run->mailing.settings.notify.want_users) {
		run->would_count++;
		return 0;
	}
	rc = notify_queue(run->mailing.store, &run->mailing.settings.notify, mail,
			  run->mailing.env->now_unix_us, err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		run->queued_count++;
	return 0;
}

/* Tell the admin what came up and what the machine did, and enter that into the ledger. */
static int tell_admin(struct mail_read *mailing, struct jo_err *err)
{
	const struct notify_settings *settings = &mailing->settings.notify;
	int64_t now_unix_us = mailing->env->now_unix_us;
	struct machine_news news;
	int rc = machine_news_find(mailing->store, &settings->rules, &mailing->now, now_unix_us,
				   &news, err);

	if (rc < 0)
		return rc;
	notify_admin_add_machine(settings, &news, &mailing->lines);
	rc = mail_admin_tell(mailing, err);
	if (rc > 0) {
		int record_rc = machine_news_record(mailing->store, &news, now_unix_us, err);

		rc = record_rc < 0 ? record_rc : rc;
	}
	machine_news_release(&news);
	return rc;
}

static int work(struct mail_run *run, struct mail_sender *sender, struct notify_delivery *delivery,
		struct jo_err *err)
{
	struct mail_read *mailing = &run->mailing;
	const struct notify_settings *settings = &mailing->settings.notify;
	int64_t now_unix_us = mailing->env->now_unix_us;
	int rc;

	rc = notify_compose(mailing->store, settings, &mailing->now.tonight.items,
			    &mailing->now.tonight.news, NULL, queue_mail, run, err);
	if (rc == 0)
		rc = notify_deliver(mailing->store, run->lock, settings, sender, now_unix_us, delivery, err);
	if (rc < 0)
		return rc;
	notify_admin_add_count(settings, "admin-would", notify_would_names, run->would_count,
			       &mailing->lines);
	notify_admin_add_count(settings, "admin-waiting", notify_waiting_names,
			       delivery->waiting_count, &mailing->lines);
	/* the notice tells what has just failed, so it is made behind the users' mails */
	rc = tell_admin(mailing, err);
	if (rc > 0 && !delivery->is_broken_off)
		rc = notify_deliver(mailing->store, run->lock, settings, sender, now_unix_us, delivery, err);
	return rc < 0 ? rc : 0;
}

static int deliver(struct mail_run *run, struct jo_err *err)
{
	struct notify_delivery delivery = {0};
	char later[64];
	struct mail_transport transport;
	struct mail_sender *sender = NULL;
	int rc;

	mail_read_transport(run->mailing.env->conf, &transport);
	rc = mail_sender_new(&transport, &sender, err);
	if (rc == 0)
		rc = store_lock_take(run->mailing.store, STORE_LOCK_MAIL, &run->lock, err);
	if (rc == 0)
		rc = work(run, sender, &delivery, err);
	store_lock_release(run->lock);
	mail_sender_free(sender);
	if (rc < 0)
		return rc == -EBUSY ? CMD_BUSY : rc;
	(void)snprintf(later, sizeof(later), ", %" PRId64 " could not be looked up",
		       run->later_count);
	cmd_summary(run->mailing.env,
		    "%" PRId64 " new, %" PRId64 " sent, %" PRId64 " to be tried again, %" PRId64
		    " failed, %" PRId64 " user%s without an address%s%s",
		    run->queued_count, delivery.sent_count, delivery.deferred_count,
		    delivery.failed_count, run->unaddressed_count,
		    words_plural(run->unaddressed_count), run->later_count > 0 ? later : "",
		    delivery.waiting_count > 0 ? ", others wait: MailNightMax" : "");
	if (delivery.deferred_count + delivery.failed_count + run->later_count == 0)
		return CMD_DONE;
	if (run->later_count > 0)
		return jo_err_set(err, -EIO, "%" PRId64 " user%s could not be looked up, and are "
				  "written to in a later run; %s", run->later_count,
				  words_plural(run->later_count), run->no_answer.text);
	return jo_err_set(err, -EIO, "%" PRId64 " mail%s to be tried again, %" PRId64 " failed; %s",
			  delivery.deferred_count, words_plural(delivery.deferred_count),
			  delivery.failed_count, delivery.trouble.text);
}

int cmd_mail(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_output_argp, 0, "Output:", 2}, {0}};
	static const struct argp argp = {options,
					 option,
					 NULL,
					 "Write to the owners of outliers that are worth it, each "
					 "once, and send what waits in "
					 "the outbox.\v",
					 children,
					 help_filter,
					 NULL};
	struct mail_args args = {0};
	struct mail_run run = {.mailing = {.env = env}};
	bool is_look;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	if (args.want_templates)
		return fputs(notify_built_in(), stdout) < 0 ? -EIO : CMD_DONE;
	is_look = args.is_dry_run || args.preview != NULL;
	if (!is_look && !env->conf->mail_users && env->conf->admin_mail[0] == '\0') {
		cmd_summary(env, "nobody gets any: MailUsers=no, and AdminMail is empty");
		return CMD_DONE;
	}
	rc = mail_read(&run.mailing, is_look, err);
	if (rc == 0 && args.is_dry_run)
		rc = mail_preview_list(&run.mailing, &args.output, err);
	else if (rc == 0 && args.preview != NULL)
		rc = mail_preview_print(&run.mailing, args.preview, args.want_html, err);
	else if (rc == 0)
		rc = deliver(&run, err);
	mail_read_release(&run.mailing);
	return rc;
}
