/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a run would write to, and what. */
#include "cmd/mail_read.h"

#include <errno.h>
#include <stdio.h>

#include "notify/compose.h"
#include "util/log.h"

static void get_user(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct notify_mail *)row)->user);
}

static void get_address(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct notify_mail *)row)->recipient.address);
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
	out_text(cell, mail->recipient.problem.code == 0 ? "" : mail->recipient.problem.text);
}

const struct out_column mail_preview_columns[] = {
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
const char mail_preview_default_columns[] = "user,address,findings,subject,problem";

static int list_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	(void)err;
	out_row(context, mail);
	return 0;
}

/* Why there may be nothing to see. */
static void say_no_mail_day(const struct mail_read *mailing)
{
	int64_t now_unix_us = mailing->env->now_unix_us;
	int32_t next = mail_days_next(&mailing->settings.days, now_unix_us);
	struct mail_day today;

	finding_rules_look(&mailing->settings.notify.rules, now_unix_us, &today);
	if (!today.is_mail_day && next != 0)
		log_line("today is no mail day (MailDays, Holidays); the next is %04d-%02d-%02d",
			 next / 10000, next / 100 % 100, next % 100);
	else if (!today.is_mail_day)
		log_line("no day within a year is a mail day (MailDays, Holidays)");
}

/* What list has as high, and nobody is told. */
static void say_held(const struct candidates_held *held)
{
	if (held->alike > 0)
		log_line("%zu high verdict%s not mailed: too many earlier runs of their kind took "
			 "as long, or used as much",
			 held->alike, held->alike == 1 ? " is" : "s are");
	if (held->unsure > 0)
		log_line("%zu high verdict%s not mailed: not certain (NotifyAlpha)", held->unsure,
			 held->unsure == 1 ? " is" : "s are");
}

int mail_preview_list(struct mail_read *mailing, const struct out_options *output,
		      struct jo_err *err)
{
	struct out *out;
	int rc, close_rc;

	say_no_mail_day(mailing);
	say_held(&mailing->now.held);
	mailing->settings.notify.gnuplot = "";
	rc = cmd_output_open(output, "mails", mail_preview_columns, mail_preview_default_columns,
			     &out, err);
	if (rc != CMD_DONE)
		return rc;
	rc = notify_compose(mailing->store, &mailing->settings.notify, &mailing->now.tonight.items,
			    &mailing->now.tonight.news, NULL, list_mail, out, err);
	close_rc = out_close(out, rc == 0 ? err : NULL);
	return rc < 0 ? rc : close_rc;
}

struct preview {
	const char *language;
	bool want_html, was_found;
};

static int print_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct preview *preview = context;
	char *text;

	(void)err;
	preview->was_found = true;
	text = preview->want_html
		       ? mail_doc_html(&mail->doc, mail->subject, preview->language, NULL)
		       : mail_doc_text(&mail->doc);
	if (!preview->want_html) {
		char *subject = mail_clean(mail->subject, MAIL_CLEAN_MAX);

		(void)printf("To: %s\nSubject: %s\n\n",
			     mail->recipient.problem.code == 0 ? mail->recipient.address
							       : mail->recipient.problem.text,
			     subject);
		g_free(subject);
	}
	(void)fputs(text, stdout);
	g_free(text);
	return 0;
}

int mail_preview_print(struct mail_read *mailing, const char *user, bool want_html,
		       struct jo_err *err)
{
	struct preview preview = {
		.language = mail_catalog_language(mailing->settings.wording, "language"),
		.want_html = want_html,
	};
	int rc;

	say_no_mail_day(mailing);
	say_held(&mailing->now.held);
	if (!want_html)
		mailing->settings.notify.gnuplot = "";
	rc = notify_compose(mailing->store, &mailing->settings.notify, &mailing->now.tonight.items,
			    &mailing->now.tonight.news, user, print_mail, &preview, err);
	if (rc == 0 && !preview.was_found)
		rc = jo_err_set(err, -ENOENT, "there is nothing to tell '%.64s'", user);
	return rc;
}
