/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The admin's notice: what came up in this run, and the site's health. */
#include "cmd/mail_read.h"

#include "joboutliers/units.h"
#include "cmd/spools.h"
#include "finding/health.h"
#include "notify/admin.h"
#include "util/log.h"
#include "util/when.h"

#include <stdlib.h>

/* News are not older than this, however long there was no notice. */
#define NEWS_US (7 * JO_US_PER_DAY)

/* What is new since the last notice; of the last day's steps, how many could be judged. */
static int read_health(struct mail_read *mailing, const struct health_site *site,
		       struct health *ret_health, struct jo_err *err)
{
	int64_t now_unix_us = mailing->env->now_unix_us;
	struct survey survey;
	int rc =
		survey_read(mailing->store, now_unix_us - JO_US_PER_DAY, now_unix_us, &survey, err);

	if (rc < 0)
		return rc;
	rc = health_read(mailing->store, &survey, site, ret_health, err);
	survey_release(&survey);
	return rc;
}

/* Without an address for it, the program's messages have what needs to be known. */
static void log_notice(const struct notify_notice *notice)
{
	for (size_t i = 0; i < notice->lines->count; i++)
		log_line("%s", notice->lines->list[i]);
	for (size_t i = 0; i < notice->fact_count; i++)
		if (notice->facts[i].state == HEALTH_TROUBLE)
			log_line("%s: %s", notice->facts[i].label, notice->facts[i].text);
}

static int tell(struct mail_read *mailing, const struct health *health, struct jo_err *err)
{
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct notify_notice notice = {.lines = &mailing->lines, .facts = facts};
	int rc = 1;

	notice.fact_count = health_facts(health, facts);
	if (mailing->env->conf->admin_mail[0] == '\0')
		log_notice(&notice);
	else
		rc = notify_queue_notice(mailing->store, &mailing->settings.notify, &notice,
					 mailing->env->now_unix_us, err);
	health_facts_release(facts, notice.fact_count);
	return rc;
}

int mail_admin_tell(struct mail_read *mailing, struct jo_err *err)
{
	const struct conf *conf = mailing->env->conf;
	struct health_spool *spools;
	struct health_site site;
	struct health health;
	int64_t last_unix_us;
	int rc = notify_last_notice(mailing->store, &last_unix_us, err);

	if (rc < 0)
		return rc;
	site.from_unix_us = mailing->env->now_unix_us - NEWS_US;
	if (last_unix_us != JO_MISSING && last_unix_us >= site.from_unix_us)
		site.from_unix_us = last_unix_us + 1;
	site.to_unix_us = mailing->env->now_unix_us + 1; /* this run's own mails, too */
	site.spools = spools = spools_look(conf, site.from_unix_us);
	site.spool_count = conf->spool.count;
	rc = read_health(mailing, &site, &health, err);
	if (rc == 0) {
		rc = tell(mailing, &health, err);
		health_release(&health);
	}
	free(spools);
	return rc;
}
