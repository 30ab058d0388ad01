/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of texts, and of the names in each. */
#include "notify/texts.h"

/* clang-format off */
static const struct mail_name differences_names[] = {
	{"difference", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_finding_names[] = {
	{"number", MAIL_NAME_COUNT, NULL},
	{"headline", MAIL_NAME_TEXT, NULL},
	{"name", MAIL_NAME_TEXT, NULL},
	{"jobs", MAIL_NAME_COUNT, NULL},
	{"label", MAIL_NAME_TEXT, NULL},
	{"job_list", MAIL_NAME_TEXT, NULL},
	{"further_jobs", MAIL_NAME_COUNT, NULL},
	{"partition", MAIL_NAME_TEXT, NULL},
	{"ended", MAIL_NAME_TEXT, NULL},
	{"wall", MAIL_NAME_FLAG, NULL},
	{"memory", MAIL_NAME_FLAG, NULL},
	{"cpu", MAIL_NAME_FLAG, NULL},
	{"work", MAIL_NAME_FLAG, NULL},
	{"wait", MAIL_NAME_FLAG, NULL},
	{"cpu_ratio", MAIL_NAME_TEXT, NULL},
	{"stall_io", MAIL_NAME_TEXT, NULL},
	{"stall_memory", MAIL_NAME_TEXT, NULL},
	{"stall_cpu", MAIL_NAME_TEXT, NULL},
	{"is_stall", MAIL_NAME_FLAG, NULL},
	{"span", MAIL_NAME_TEXT, NULL},
	{"span_took", MAIL_NAME_TEXT, NULL},
	{"span_of", MAIL_NAME_TEXT, NULL},
	{"span_usual", MAIL_NAME_TEXT, NULL},
	{"span_usual_of", MAIL_NAME_TEXT, NULL},
	{"largest_process", MAIL_NAME_FLAG, NULL},
	{"allocated", MAIL_NAME_FLAG, NULL},
	{"value", MAIL_NAME_TEXT, NULL},
	{"expected", MAIL_NAME_TEXT, NULL},
	{"high", MAIL_NAME_TEXT, NULL},
	{"ratio", MAIL_NAME_TEXT, NULL},
	{"odds", MAIL_NAME_COUNT, NULL},
	{"is_unheard", MAIL_NAME_FLAG, NULL},
	{"odds_of_cpu", MAIL_NAME_FLAG, NULL},
	{"input", MAIL_NAME_TEXT, NULL},
	{"history", MAIL_NAME_COUNT, NULL},
	{"borrowed", MAIL_NAME_COUNT, NULL},
	{"excess", MAIL_NAME_TEXT, NULL},
	{"core_hours", MAIL_NAME_TEXT, NULL},
	{"out_of_memory", MAIL_NAME_FLAG, NULL},
	{"timeout", MAIL_NAME_FLAG, NULL},
	{"cancelled", MAIL_NAME_FLAG, NULL},
	{"failed", MAIL_NAME_FLAG, NULL},
	{"where", MAIL_NAME_TEXT, NULL},
	{"differences", MAIL_NAME_LIST, differences_names},
	{"reason", MAIL_NAME_TEXT, NULL},
	{"picture", MAIL_NAME_IMAGE, NULL},
	{"ask_memory", MAIL_NAME_TEXT, NULL},
	{"ask_time", MAIL_NAME_TEXT, NULL},
	{"is_difference", MAIL_NAME_FLAG, NULL},
	{"profile_job", MAIL_NAME_TEXT, NULL},
	{"is_unsized", MAIL_NAME_FLAG, NULL},
	{"compare_job", MAIL_NAME_TEXT, NULL},
	{"show_job", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_drift_names[] = {
	{"number", MAIL_NAME_COUNT, NULL},
	{"headline", MAIL_NAME_TEXT, NULL},
	{"name", MAIL_NAME_TEXT, NULL},
	{"partition", MAIL_NAME_TEXT, NULL},
	{"wall", MAIL_NAME_FLAG, NULL},
	{"memory", MAIL_NAME_FLAG, NULL},
	{"cpu", MAIL_NAME_FLAG, NULL},
	{"ratio", MAIL_NAME_TEXT, NULL},
	{"cpu_ratio", MAIL_NAME_TEXT, NULL},
	{"work", MAIL_NAME_FLAG, NULL},
	{"wait", MAIL_NAME_FLAG, NULL},
	{"since", MAIL_NAME_TEXT, NULL},
	{"jobs", MAIL_NAME_COUNT, NULL},
	{"before", MAIL_NAME_COUNT, NULL},
	{"is_sized", MAIL_NAME_FLAG, NULL},
	{"told", MAIL_NAME_COUNT, NULL},
	{"excess", MAIL_NAME_TEXT, NULL},
	{"core_hours", MAIL_NAME_TEXT, NULL},
	{"where", MAIL_NAME_TEXT, NULL},
	{"differences", MAIL_NAME_LIST, differences_names},
	{"is_difference", MAIL_NAME_FLAG, NULL},
	{"show_job", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_digest_names[] = {
	{"person", MAIL_NAME_TEXT, NULL},
	{"user", MAIL_NAME_TEXT, NULL},
	{"cluster", MAIL_NAME_TEXT, NULL},
	{"is_sized", MAIL_NAME_FLAG, NULL},
	{"headline", MAIL_NAME_TEXT, NULL},
	{"found", MAIL_NAME_COUNT, NULL},
	{"others", MAIL_NAME_COUNT, NULL},
	{"total_core_hours", MAIL_NAME_TEXT, NULL},
	{"drifts_alone", MAIL_NAME_FLAG, NULL},
	{"drifts", MAIL_NAME_LIST, notify_drift_names},
	{"findings", MAIL_NAME_LIST, notify_finding_names},
	{"has_further", MAIL_NAME_FLAG, NULL},
	{"further_drifts", MAIL_NAME_LIST, notify_drift_names},
	{"further", MAIL_NAME_LIST, notify_finding_names},
	{"rest", MAIL_NAME_COUNT, NULL},
	{"good_news", MAIL_NAME_LIST, notify_drift_names},
	{"expect_job", MAIL_NAME_TEXT, NULL},
	{"contact", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_difference_names[] = {
	{"what", MAIL_NAME_TEXT, NULL},
	{"own", MAIL_NAME_TEXT, NULL},
	{"usual", MAIL_NAME_TEXT, NULL},
	{"low", MAIL_NAME_TEXT, NULL},
	{"high", MAIL_NAME_TEXT, NULL},
	{"same", MAIL_NAME_FLAG, NULL},
	{"all", MAIL_NAME_FLAG, NULL},
	{"range", MAIL_NAME_FLAG, NULL},
	{"share", MAIL_NAME_FLAG, NULL},
	{"around", MAIL_NAME_FLAG, NULL},
	{"before", MAIL_NAME_FLAG, NULL},
	{"jobs", MAIL_NAME_COUNT, NULL},
	{"jobs_with", MAIL_NAME_COUNT, NULL},
	{"peers", MAIL_NAME_COUNT, NULL},
	{"peers_with", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_where_names[] = {
	{"function", MAIL_NAME_TEXT, NULL},
	{"file", MAIL_NAME_TEXT, NULL},
	{"line", MAIL_NAME_TEXT, NULL},
	{"is_function", MAIL_NAME_FLAG, NULL},
	{"share", MAIL_NAME_TEXT, NULL},
	{"usual", MAIL_NAME_TEXT, NULL},
	{"more", MAIL_NAME_TEXT, NULL},
	{"is_sized", MAIL_NAME_FLAG, NULL},
	{"peers", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_picture_names[] = {
	{"value_axis", MAIL_NAME_TEXT, NULL},
	{"place_axis", MAIL_NAME_TEXT, NULL},
	{"peers", MAIL_NAME_COUNT, NULL},
	{"jobs", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

static const struct mail_name line_names[] = {
	{"line", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

static const struct mail_name fact_names[] = {
	{"label", MAIL_NAME_TEXT, NULL},
	{"text", MAIL_NAME_TEXT, NULL},
	{"is_trouble", MAIL_NAME_FLAG, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_admin_names[] = {
	{"is_well", MAIL_NAME_FLAG, NULL},
	{"lines", MAIL_NAME_LIST, line_names},
	{"rest", MAIL_NAME_COUNT, NULL},
	{"facts", MAIL_NAME_LIST, fact_names},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_would_names[] = {
	{"users", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_waiting_names[] = {
	{"mails", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_undelivered_names[] = {
	{"user", MAIL_NAME_TEXT, NULL},
	{"address", MAIL_NAME_TEXT, NULL},
	{"reason", MAIL_NAME_TEXT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_slow_node_names[] = {
	{"node", MAIL_NAME_TEXT, NULL},
	{"since", MAIL_NAME_TEXT, NULL},
	{"ratio", MAIL_NAME_TEXT, NULL},
	{"steps", MAIL_NAME_COUNT, NULL},
	{"groups", MAIL_NAME_COUNT, NULL},
	{"users", MAIL_NAME_COUNT, NULL},
	{"p", MAIL_NAME_TEXT, NULL},
	{"held", MAIL_NAME_COUNT, NULL},
	{NULL, MAIL_NAME_TEXT, NULL},
};

const struct mail_name notify_node_drift_names[] = {
	{"name", MAIL_NAME_TEXT, NULL},
	{"partition", MAIL_NAME_TEXT, NULL},
	{"wall", MAIL_NAME_FLAG, NULL},
	{"memory", MAIL_NAME_FLAG, NULL},
	{"cpu", MAIL_NAME_FLAG, NULL},
	{"ratio", MAIL_NAME_TEXT, NULL},
	{"cpu_ratio", MAIL_NAME_TEXT, NULL},
	{"wait", MAIL_NAME_FLAG, NULL},
	{"since", MAIL_NAME_TEXT, NULL},
	{"jobs", MAIL_NAME_COUNT, NULL},
	{"users", MAIL_NAME_COUNT, NULL},
	{"held", MAIL_NAME_COUNT, NULL},
	{"differences", MAIL_NAME_LIST, differences_names},
	{NULL, MAIL_NAME_TEXT, NULL},
};

static const struct mail_name no_names[] = {{NULL, MAIL_NAME_TEXT, NULL}};

/* What pictures are labelled with. */
static const char *const labels[] = {
	"run time",
	"memory",
	"memory (largest process)",
	"memory (allocations)",
	"CPU time",
	"input size",
	"ended",
	"normal for such a job",
	"expected",
	"normal jobs",
	"this job",
	"these jobs",
	NULL,
};

/* What differences are told in: explain/facts.c. */
static const char *const words[] = {
	"the node",
	"the node's model",
	"the node's number of NUMA nodes",
	"the number of nodes",
	"the number of tasks",
	"the number of CPUs",
	"the memory limit",
	"the time limit",
	"the user",
	"the account",
	"the QOS",
	"the program",
	"the job's name",
	"the exit status",
	"how often it was requeued",
	"what was read",
	"what was written",
	"the number of major page faults",
	"how often the memory limit was met",
	"the time stalled on CPUs",
	"the time stalled on memory",
	"the time stalled on I/O",
	"the time it started",
	"the day it started",
	"at night (0 to 6 h)",
	"in the morning (6 to 12 h)",
	"in the afternoon (12 to 18 h)",
	"in the evening (18 to 24 h)",
	"Sunday",
	"Monday",
	"Tuesday",
	"Wednesday",
	"Thursday",
	"Friday",
	"Saturday",
	"not declared",
	NULL,
};

const struct mail_part notify_parts[] = {
	{"language", MAIL_PART_LANGUAGE, NULL, NULL},
	{"sender", MAIL_PART_LINE, no_names, NULL},
	{"subject", MAIL_PART_LINE, notify_digest_names, NULL},
	{"headline", MAIL_PART_LINE, notify_finding_names, NULL},
	{"drift-headline", MAIL_PART_LINE, notify_drift_names, NULL},
	{"digest", MAIL_PART_DOCUMENT, notify_digest_names, NULL},
	{"difference", MAIL_PART_LINE, notify_difference_names, NULL},
	{"where", MAIL_PART_LINE, notify_where_names, NULL},
	{"picture", MAIL_PART_LINE, notify_picture_names, NULL},
	{"admin-subject", MAIL_PART_LINE, notify_admin_names, NULL},
	{"admin", MAIL_PART_DOCUMENT, notify_admin_names, NULL},
	{"admin-would", MAIL_PART_LINE, notify_would_names, NULL},
	{"admin-waiting", MAIL_PART_LINE, notify_waiting_names, NULL},
	{"admin-undelivered", MAIL_PART_LINE, notify_undelivered_names, NULL},
	{"admin-slow-node", MAIL_PART_LINE, notify_slow_node_names, NULL},
	{"admin-node-drift", MAIL_PART_LINE, notify_node_drift_names, NULL},
	{"labels", MAIL_PART_WORDS, NULL, labels},
	{"words", MAIL_PART_WORDS, NULL, words},
	{NULL, MAIL_PART_LINE, NULL, NULL},
};

/* clang-format on */

static const struct {
	const char *path;
	const char *text;
} files[] = {
#include "wording.inc"
};

const char *notify_built_in(void)
{
	return files[0].text;
}

struct mail_catalog *notify_wording_new(const char *path, struct strlist *problems)
{
	struct mail_catalog *wording = mail_catalog_new(notify_parts, notify_built_in());

	if (path[0] != '\0')
		mail_catalog_read(wording, path, problems);
	return wording;
}
