/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks what mail needs of the configuration, and reads the files that it names. */
#include "cmd/judge_options.h"
#include "cmd/mail_settings.h"
#include "mail/message.h"
#include "notify/texts.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>

static int check_address(const char *key, const char *address, struct jo_err *err)
{
	int rc = mail_address_check(address, err);

	return rc == 0 ? 0 : jo_err_prefix(err, "%s", key);
}

static int make_from(const struct conf *conf, bool is_look, char **ret_from, struct jo_err *err)
{
	if (conf->mail_from[0] != '\0')
		*ret_from = xstrdup(conf->mail_from);
	else if (conf->mail_domain[0] != '\0')
		*ret_from = xasprintf("joboutliers@%s", conf->mail_domain);
	else if (is_look)
		*ret_from = xstrdup("joboutliers@localhost");
	else
		return jo_err_set(err, -EINVAL, "%s: neither MailFrom nor MailDomain is set",
				  conf->path);
	return check_address("MailFrom", *ret_from, err);
}

struct finding_rules mail_settings_rules(const struct conf *conf)
{
	return (struct finding_rules){
		.alpha = conf->notify_alpha,
		.min_ratio = conf->notify_min_ratio,
		.min_time_us = conf->notify_min_time_us,
		.min_core_hours = conf->notify_min_core_hours,
		.min_memory_bytes = conf->notify_min_memory_bytes,
		.min_drift = conf->notify_min_drift,
		.max_age_us = conf->notify_max_age_us,
		.excluded = {conf->notify_exclude_partitions, conf->notify_exclude_accounts,
			     conf->notify_exclude_users, conf->notify_exclude_classes,
			     conf->notify_exclude_qos},
	};
}

int mail_settings_read(const struct conf *conf, bool is_look, struct mail_settings *ret_settings,
		       struct jo_err *err)
{
	struct mail_settings *settings = ret_settings;
	int rc;

	*settings = (struct mail_settings){.from_address = NULL};
	rc = make_from(conf, is_look, &settings->from_address, err);
	if (rc == 0 && conf->admin_mail[0] != '\0')
		rc = check_address("AdminMail", conf->admin_mail, err);
	if (rc == 0 && conf->mail_unsubscribe[0] != '\0')
		rc = mail_unsubscribe_check(conf->mail_unsubscribe, err);
	if (rc == 0 && conf->mail_map[0] != '\0')
		rc = mail_map_read(conf->mail_map, &settings->map, err);
	if (rc == 0)
		rc = mail_days_read((unsigned)conf->mail_days, &conf->holidays, &settings->days,
				    err);
	settings->wording = notify_wording_new(conf->mail_templates, &settings->wording_problems);
	cmd_judge_options(conf, &settings->judge);
	settings->notify = (struct notify_settings){
		.rules = mail_settings_rules(conf),
		.recipients = {.find_user = user_find,
			       .mail_domain = conf->mail_domain,
			       .mail_map = &settings->map},
		.want_users = conf->mail_users,
		.night_max = conf->mail_night_max,
		.minute_max = conf->mail_minute_max,
		.takes_requests = conf->requests[0] != '\0',
		.from_address = settings->from_address,
		.admin_address = conf->admin_mail,
		.unsubscribe = conf->mail_unsubscribe,
		.wording = settings->wording,
		.judge = &settings->judge,
		.gnuplot = is_look || conf->mail_users ? conf->gnuplot_path : "",
	};
	settings->notify.rules.days = &settings->days;
	return rc;
}

void mail_settings_release(struct mail_settings *settings)
{
	mail_map_release(&settings->map);
	mail_catalog_free(settings->wording);
	strlist_release(&settings->wording_problems);
	mail_days_release(&settings->days);
	free(settings->from_address);
}
