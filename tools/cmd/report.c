/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: the site's page of a night, or of any stretch of time. */
#include "joboutliers/units.h"
#include "cmd/cmd.h"
#include "cmd/judge_options.h"
#include "cmd/spools.h"
#include "report/collect.h"
#include "util/alloc.h"
#include "util/replace.h"
#include "util/when.h"
#include "util/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct report_args {
	int64_t now_unix_us, since_unix_us, until_unix_us;
	const char *html_path;
	const char *title;
};

enum { OPTION_HTML = 0x100, OPTION_TITLE };

static const struct argp_option options[] = {
	{"html", OPTION_HTML, "FILE", 0,
	 "write the page to FILE; an older one stays until it is whole; "
	 "'-' is standard output",
	 0},
	{"starttime", 'S', "TIME", 0,
	 "of steps that ended at or after TIME; a day ago when not given", 0},
	{"endtime", 'E', "TIME", 0, "and before TIME; now when not given", 0},
	{"title", OPTION_TITLE, "TEXT", 0, "the page's title", 0},
	{0},
};

static error_t report_option(int key, char *text, struct argp_state *state)
{
	struct report_args *args = state->input;

	switch (key) {
	case OPTION_HTML:
		args->html_path = text;
		return 0;
	case OPTION_TITLE:
		args->title = text;
		return 0;
	case 'S':
	case 'E':
		cmd_read_time(text, args->now_unix_us,
			      key == 'S' ? &args->since_unix_us : &args->until_unix_us, state);
		return 0;
	case ARGP_KEY_END:
		if (args->html_path == NULL)
			argp_error(state, "where to? Name the page with --html=FILE");
		if (args->since_unix_us >= args->until_unix_us)
			argp_error(state, "the start is not before the end");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_report(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		report_option,
		NULL,
		"Write the site's report as one HTML file that needs nothing else: findings, "
		"groups "
		"with their plots, nodes, coverage and health.",
		NULL,
		NULL,
		NULL,
	};
	struct report_args args = {.now_unix_us = env->now_unix_us,
				   .since_unix_us = env->now_unix_us - JO_US_PER_DAY,
				   .until_unix_us = env->now_unix_us,
				   .title = "joboutliers"};
	struct judge_options judge;
	struct report_options report;
	struct health_spool *spools = NULL;
	struct report_counts counts;
	struct report_page *page = NULL;
	struct store *store = NULL;
	struct strbuf html;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	strbuf_init(&html);
	rc = cmd_store_read(env, true, &store, err);
	if (rc == 0 && store_is_own_only(store))
		rc = jo_err_set(err, -EACCES,
				"the report is of all jobs, of which this role sees its own alone: "
				"who is to write it is one of ReadersAll");
	if (rc < 0)
		goto out;
	cmd_judge_options(env->conf, &judge);
	spools = spools_look(env->conf, args.since_unix_us);
	report = (struct report_options){.judge = &judge,
					 .title = args.title,
					 .spools = spools,
					 .spool_count = env->conf->spool.count,
					 .links = &env->conf->link_job,
					 .from_unix_us = args.since_unix_us,
					 .to_unix_us = args.until_unix_us,
					 .now_unix_us = env->now_unix_us};
	rc = report_collect(store, &report, &page, &counts, err);
	if (rc < 0)
		goto out;
	report_page_write(page, &html);
	rc = replace_or_print(args.html_path, html.text, html.len, 0640, err);
	if (rc < 0)
		goto out;
	rc = CMD_DONE;
	if (strcmp(args.html_path, "-") == 0)
		goto out;
	cmd_summary(env,
		    "%s: %zu finding%s in %zu group%s, %zu moved level%s, %zu group%s pictured, "
		    "%zu slow node%s, %.1f MB",
		    args.html_path, counts.finding_count,
		    words_plural((int64_t)counts.finding_count), counts.found_group_count,
		    words_plural((int64_t)counts.found_group_count), counts.moved_count,
		    words_plural((int64_t)counts.moved_count), counts.group_count,
		    words_plural((int64_t)counts.group_count), counts.slow_node_count,
		    words_plural((int64_t)counts.slow_node_count), (double)html.len / 1e6);
out:
	report_page_free(page);
	free(spools);
	strbuf_release(&html);
	store_close(store);
	return rc;
}
