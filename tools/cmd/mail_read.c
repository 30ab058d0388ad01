/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the configuration to what there is to tell, and by which way. */
#include "cmd/mail_read.h"

#include "joboutliers/units.h"
#include "util/log.h"
#include "util/when.h"

static const char *or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

void mail_read_transport(const struct conf *conf, struct mail_transport *ret_transport)
{
	static const enum mail_tls tls[] = {
		[CONF_TLS_REQUIRED] = MAIL_TLS_REQUIRED,
		[CONF_TLS_OPPORTUNISTIC] = MAIL_TLS_OPPORTUNISTIC,
		[CONF_TLS_NONE] = MAIL_TLS_NONE,
	};
	int64_t timeout_s = conf->mail_timeout_us / JO_US_PER_S;

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

static int read_settings(struct mail_read *mailing, bool is_look, struct jo_err *err)
{
	struct mail_settings *settings = &mailing->settings;
	int rc = mail_settings_read(mailing->env->conf, is_look, settings, err);

	if (rc == 0 && settings->map.bad_count > 0)
		strlist_add(&mailing->lines, settings->map.first_bad.text);
	for (size_t i = 0; i < settings->wording_problems.count; i++) {
		log_line("%s; the built-in text is used", settings->wording_problems.list[i]);
		strlist_add(&mailing->lines, settings->wording_problems.list[i]);
	}
	return rc;
}

int mail_read(struct mail_read *mailing, bool is_look, struct jo_err *err)
{
	int rc = read_settings(mailing, is_look, err);

	if (rc < 0)
		return CMD_USAGE;
	rc = cmd_store_open(mailing->env, is_look ? STORE_READ : STORE_WRITE, &mailing->store, err);
	if (rc == 0)
		rc = tonight_now_read(mailing->store, &mailing->settings.notify.rules,
				      STORE_CHANNEL_MAIL, mailing->env->now_unix_us, &mailing->now, err);
	return rc;
}

void mail_read_release(struct mail_read *mailing)
{
	tonight_now_release(&mailing->now);
	store_close(mailing->store);
	mail_settings_release(&mailing->settings);
	strlist_release(&mailing->lines);
}
