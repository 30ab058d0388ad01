/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mail: tell users of their outliers, once each; or show whom it would tell what. */
#include "cmd/cmd.h"
#include "cmd/mail_settings.h"
#include "mail/message.h"
#include "mail/sender.h"
#include "notify/nodes.h"
#include "notify/notify.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/lock.h"
#include "util/log.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct mail_args {
	struct cmd_output output;
	const char *preview; /* whose mail to show, or NULL */
	bool want_html;
	bool is_dry_run;
};

enum { OPTION_PREVIEW = 0x100, OPTION_HTML };

static const struct argp_option options[] = {
	{"dry-run", 'd', NULL, 0, "list whom it would write to; send and record nothing", 0},
	{"preview", OPTION_PREVIEW, "USER", 0,
	 "print the mail USER would get; send and record nothing", 0},
	{"html", OPTION_HTML, NULL, 0, "with --preview: its HTML part", 0},
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
	case ARGP_KEY_END:
		if (args->want_html && args->preview == NULL)
			argp_error(state, "--html goes with --preview");
		if (args->is_dry_run && args->preview != NULL)
			argp_error(state, "either --dry-run or --preview");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What the run works with; release it. */
struct mail_run {
	struct cmd_env *env;
	struct store *store;
	struct mail_settings settings;
	struct notify_items items;
	struct notify_nodes nodes; /* that were slow */
	struct strlist lines; /* for the admin */
	int64_t queued_count, held_count, unaddressed_count, would_count;
};

static const char *or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static void read_transport(const struct conf *conf, struct mail_transport *ret_transport)
{
	static const enum mail_tls tls[] = {
		[CONF_TLS_REQUIRED] = MAIL_TLS_REQUIRED,
		[CONF_TLS_OPPORTUNISTIC] = MAIL_TLS_OPPORTUNISTIC,
		[CONF_TLS_NONE] = MAIL_TLS_NONE,
	};
	int64_t timeout_s = conf->mail_timeout_us / WHEN_US_PER_S;

	*ret_transport = (struct mail_transport){
		.via = conf->mail_transport == CONF_MAIL_SMTP ? MAIL_VIA_SMTP : MAIL_VIA_SENDMAIL,
		.sendmail = conf->sendmail_path,
		.url = conf->smtp_url,
		.tls = tls[conf->smtp_tls],
		.ca_file = or_null(conf->smtp_ca_file),
		.login = or_null(conf->smtp_user),
		.password_file = or_null(conf->smtp_password_file),
		.timeout_s = timeout_s > 86400 ? 86400 : (int)timeout_s,
	};
}

/* ---- what it would do ---- */

static void get_user(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct notify_mail *)row)->user);
}

static void get_address(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct notify_mail *)row)->address);
}

static void get_findings(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_int(cell, (int64_t)((const struct notify_mail *)row)->finding_count);
}

static void get_verdicts(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_int(cell, (int64_t)((const struct notify_mail *)row)->item_count);
}

static void get_subject(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct notify_mail *)row)->subject);
}

static void get_problem(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct notify_mail *mail = row;

	(void)column;
	out_text(cell, mail->problem.code == 0 ? "" : mail->problem.text);
}

static const struct out_column columns[] = {
	{.name = "user", .help = "who would get a mail", .get = get_user},
	{.name = "address", .help = "at this address", .get = get_address},
	{.name = "findings", .is_right = true, .help = "what it would tell", .get = get_findings},
	{.name = "verdicts",
	 .is_right = true,
	 .help = "high verdicts behind these",
	 .get = get_verdicts},
	{.name = "subject", .help = "its subject", .get = get_subject},
	{.name = "problem", .help = "why there is no address", .get = get_problem},
	{.name = NULL},
};
static const char default_columns[] = "user,address,findings,subject,problem";

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, default_columns);
}

static int list_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	(void)err;
	out_row(context, mail);
	return 0;
}

static int dry_run(struct mail_run *run, const struct mail_args *args, struct jo_err *err)
{
	struct out *out;
	int rc, close_rc;

	rc = cmd_output_open(&args->output, "mails", columns, default_columns, &out, err);
	if (rc != CMD_DONE)
		return rc;
	rc = notify_compose(run->store, &run->settings.notify, &run->items, NULL, list_mail, out, err);
	close_rc = out_close(out, rc == 0 ? err : NULL);
	return rc < 0 ? rc : close_rc;
}

/* Why there is nothing to see. */
static void say_no_mail_day(const struct mail_run *run)
{
	const struct notify_days *days = &run->settings.days;
	struct notify_tonight tonight;
	int32_t next = notify_days_next(days, run->env->now_unix_us);

	notify_days_look(days, 0, run->env->now_unix_us, &tonight);
	if (!tonight.is_mail_day && next != 0)
		log_line("today is no mail day (MailDays, Holidays); the next is %04d-%02d-%02d",
			 next / 10000, next / 100 % 100, next % 100);
	else if (!tonight.is_mail_day)
		log_line("no day within a year is a mail day (MailDays, Holidays)");
}

struct preview {
	bool want_html, was_found;
};

static int print_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct preview *preview = context;
	char *text;

	(void)err;
	preview->was_found = true;
	text = preview->want_html ? mail_doc_html(&mail->doc, mail->subject, "preview")
				  : mail_doc_text(&mail->doc);
	if (!preview->want_html) {
		char *subject = mail_clean(mail->subject, MAIL_CLEAN_MAX);

		(void)printf("To: %s\nSubject: %s\n\n",
			     mail->problem.code == 0 ? mail->address : mail->problem.text, subject);
		g_free(subject);
	}
	(void)fputs(text, stdout);
	g_free(text);
	return 0;
}

static int show_preview(struct mail_run *run, const struct mail_args *args, struct jo_err *err)
{
	struct preview preview = {.want_html = args->want_html};
	int rc = notify_compose(run->store, &run->settings.notify, &run->items, args->preview, print_mail,
				&preview, err);

	if (rc == 0 && !preview.was_found)
		rc = jo_err_set(err, -ENOENT, "there is nothing to tell '%.64s'", args->preview);
	return rc;
}

/* ---- and what it does ---- */

static int queue_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct mail_run *run = context;
	int rc;

	if (mail->problem.code != 0) {
		run->unaddressed_count++;
		strlist_add(&run->lines, mail->problem.text);
		return 0;
	}
	if (!run->settings.notify.want_users) {
		run->would_count++;
		return 0;
	}
	rc = notify_queue(run->store, &run->settings.notify, mail, run->env->now_unix_us, err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		run->queued_count++;
	else
		run->held_count++;
	return 0;
}

static void add_would_line(struct mail_run *run)
{
	char *line;

	if (run->would_count == 0)
		return;
	line = xasprintf("MailUsers is not yes: %" PRId64 " users would have had a mail. "
			 "'sjoboutliers mail --dry-run' lists them.",
			 run->would_count);
	strlist_add(&run->lines, line);
	free(line);
}

static int work(struct mail_run *run, struct mail_sender *sender, struct notify_delivery *delivery,
		struct jo_err *err)
{
	int64_t now_unix_us = run->env->now_unix_us;
	int rc;

	rc = notify_compose(run->store, &run->settings.notify, &run->items, NULL, queue_mail, run, err);
	if (rc == 0)
		rc = notify_deliver(run->store, &run->settings.notify, sender, now_unix_us, delivery, err);
	if (rc < 0)
		return rc;
	add_would_line(run);
	rc = notify_nodes_tell(run->store, &run->settings.notify, &run->nodes, now_unix_us, &run->lines,
			       err);
	if (rc < 0)
		return rc;
	if (run->env->conf->admin_mail[0] == '\0') {
		for (size_t i = 0; i < run->lines.count; i++)
			log_line("%s", run->lines.list[i]);
		return notify_nodes_told(run->store, &run->settings.notify, &run->nodes, now_unix_us, err);
	}
	/* the notice tells what has just failed, so it is made behind the users' mails */
	rc = notify_queue_notice(run->store, &run->settings.notify, &run->lines, now_unix_us, err);
	if (rc > 0) {
		int told_rc = notify_nodes_told(run->store, &run->settings.notify, &run->nodes,
						now_unix_us, err);

		rc = told_rc < 0 ? told_rc : rc;
	}
	if (rc > 0 && !delivery->is_broken_off)
		rc = notify_deliver(run->store, &run->settings.notify, sender, now_unix_us, delivery, err);
	return rc < 0 ? rc : 0;
}

static int deliver(struct mail_run *run, struct jo_err *err)
{
	struct notify_delivery delivery = {0};
	struct mail_transport transport;
	struct mail_sender *sender = NULL;
	char *lock_path = xasprintf("%s.mail-lock", run->env->conf->database);
	int lock_fd = -1, rc;

	read_transport(run->env->conf, &transport);
	rc = mail_sender_new(&transport, &sender, err);
	if (rc == 0)
		rc = lock_take(lock_path, &lock_fd, err);
	if (rc == 0)
		rc = work(run, sender, &delivery, err);
	if (lock_fd >= 0)
		(void)close(lock_fd);
	mail_sender_free(sender);
	free(lock_path);
	if (rc < 0)
		return rc == -EBUSY ? CMD_BUSY : rc;
	cmd_summary(run->env,
		    "%" PRId64 " new, %" PRId64 " sent, %" PRId64 " to be tried again, %" PRId64
		    " failed, %" PRId64 " users without an address",
		    run->queued_count, delivery.sent_count, delivery.deferred_count,
		    delivery.failed_count, run->unaddressed_count);
	if (delivery.deferred_count + delivery.failed_count == 0)
		return CMD_DONE;
	return jo_err_set(err, -EIO, "%" PRId64 " mails to be tried again, %" PRId64 " failed; %s",
			  delivery.deferred_count, delivery.failed_count, delivery.trouble.text);
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
	struct mail_run run = {.env = env};
	bool is_look;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	is_look = args.is_dry_run || args.preview != NULL;
	if (!is_look && !env->conf->mail_users && env->conf->admin_mail[0] == '\0') {
		cmd_summary(env, "nobody gets any: MailUsers=no, and AdminMail is empty");
		return CMD_DONE;
	}
	rc = mail_settings_read(env->conf, is_look, &run.settings, err);
	if (rc < 0) {
		rc = CMD_USAGE;
		goto out;
	}
	if (run.settings.map.bad_count > 0)
		strlist_add(&run.lines, run.settings.map.first_bad.text);
	rc = cmd_store_open(env, is_look ? STORE_READ : STORE_WRITE, &run.store, err);
	if (rc == 0)
		rc = notify_items_read(run.store, &run.settings.notify, env->now_unix_us, &run.items, err);
	if (rc == 0)
		rc = notify_nodes_read(run.store, &run.items, env->now_unix_us, &run.nodes, err);
	if (rc < 0)
		goto out;
	notify_nodes_hold(&run.nodes, &run.items);
	if (is_look)
		say_no_mail_day(&run);
	if (args.is_dry_run)
		rc = dry_run(&run, &args, err);
	else if (args.preview != NULL)
		rc = show_preview(&run, &args, err);
	else
		rc = deliver(&run, err);
out:
	notify_nodes_release(&run.nodes);
	notify_items_release(&run.items);
	store_close(run.store);
	mail_settings_release(&run.settings);
	strlist_release(&run.lines);
	return rc;
}
