/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of configuration keys: what each may be, and what it is when nobody says. */
#include "conf/conf.h"

#define AT(member) offsetof(struct conf, member)

static const char *const group_by_words[] = {"cluster", "partition", "account", "qos",
					     "user",    "class",     "program", NULL};
static const char *const class_names_words[] = {"family", "whole", NULL};
static const char *const mail_transport_words[] = {"sendmail", "smtp", NULL};
static const char *const day_words[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", NULL};
static const char *const smtp_tls_words[] = {"required", "opportunistic", "none", NULL};

/* clang-format off */
const struct conf_key conf_keys[] = {
	{"Database", CONF_DATABASE, AT(database), "/var/lib/joboutliers/joboutliers.db", 0, 0, NULL},
	{"ReadersDatabase", CONF_PATH, AT(readers_database), "", 0, 0, NULL},
	{"Readers", CONF_LIST, AT(readers), "", 0, 0, NULL},
	{"ReadersAll", CONF_LIST, AT(readers_all), "", 0, 0, NULL},
	{"Spool", CONF_PATHS, AT(spool), "/var/spool/joboutliers", 0, 0, NULL},
	{"Requests", CONF_PATH, AT(requests), "", 0, 0, NULL},
	{"Logs", CONF_PATH, AT(logs), "", 0, 0, NULL},
	{"AskSacct", CONF_BOOL, AT(ask_sacct), "yes", 0, 0, NULL},
	{"OtlpSpool", CONF_PATH, AT(otlp_spool), "", 0, 0, NULL},
	{"OtlpSpoolMax", CONF_SIZE, AT(otlp_spool_bytes), "1G", 0, 0, NULL},
	{"OtlpRunsMax", CONF_INT, AT(otlp_runs_max), "20000", 1, 1e9, NULL},
	{"OtlpTokenFile", CONF_PATH, AT(otlp_token_file), "", 0, 0, NULL},
	{"OtlpSize", CONF_LIST, AT(otlp_size), "input_size", 0, 0, NULL},
	{"OtlpOwner", CONF_STRING, AT(otlp_owner), "", 0, 0, NULL},
	{"OtlpServices", CONF_LIST, AT(otlp_services), "", 0, 0, NULL},
	{"RetainDays", CONF_INT, AT(retain_days), "400", 1, 36500, NULL},

	{"JudgeDays", CONF_INT, AT(judge_days), "31", 1, 36500, NULL},
	{"CheckJobs", CONF_INT, AT(check_jobs), "0", 0, 256, NULL},
	{"CheckJobOptions", CONF_LIST, AT(check_job_options), "", 0, 0, NULL},
	{"GroupBy", CONF_SET, AT(group_by), "cluster,partition,user,class", 0, 0, group_by_words},
	{"ClassNames", CONF_ENUM, AT(class_names), "family", 0, 0, class_names_words},
	{"MinRatio", CONF_REAL, AT(min_ratio), "1.5", 1, 100, NULL},
	{"Alpha", CONF_REAL, AT(alpha), "0.005", 1e-9, 0.5, NULL},
	{"HistoryMax", CONF_INT, AT(history_max), "500", 20, 4096, NULL},

	{"MailUsers", CONF_BOOL, AT(mail_users), "no", 0, 0, NULL},
	{"AdminMail", CONF_STRING, AT(admin_mail), "", 0, 0, NULL},
	{"MailFrom", CONF_STRING, AT(mail_from), "", 0, 0, NULL},
	{"MailDomain", CONF_STRING, AT(mail_domain), "", 0, 0, NULL},
	{"MailMap", CONF_PATH, AT(mail_map), "", 0, 0, NULL},
	{"MailUnsubscribe", CONF_STRING, AT(mail_unsubscribe), "", 0, 0, NULL},
	{"MailTemplates", CONF_PATH, AT(mail_templates), "", 0, 0, NULL},
	{"MailNightMax", CONF_INT, AT(mail_night_max), "0", 0, 1e9, NULL},
	{"MailMinuteMax", CONF_INT, AT(mail_minute_max), "0", 0, 1e6, NULL},
	{"MailTimeout", CONF_DURATION, AT(mail_timeout_us), "10min", 0, 0, NULL},
	{"MailTransport", CONF_ENUM, AT(mail_transport), "sendmail", 0, 0, mail_transport_words},
	{"SendmailPath", CONF_PATH, AT(sendmail_path), "/usr/sbin/sendmail", 0, 0, NULL},
	{"SmtpUrl", CONF_STRING, AT(smtp_url), "smtp://localhost:25", 0, 0, NULL},
	{"SmtpUser", CONF_STRING, AT(smtp_user), "", 0, 0, NULL},
	{"SmtpPasswordFile", CONF_PATH, AT(smtp_password_file), "", 0, 0, NULL},
	{"SmtpTls", CONF_ENUM, AT(smtp_tls), "required", 0, 0, smtp_tls_words},
	{"SmtpCaFile", CONF_PATH, AT(smtp_ca_file), "", 0, 0, NULL},
	{"NotifyAlpha", CONF_REAL, AT(notify_alpha), "0.00015", 1e-9, 1, NULL},
	{"NotifyMinRatio", CONF_REAL, AT(notify_min_ratio), "1.5", 0, 100, NULL},
	{"NotifyMinTime", CONF_DURATION, AT(notify_min_time_us), "10min", 0, 0, NULL},
	{"NotifyMinCoreHours", CONF_REAL, AT(notify_min_core_hours), "1", 0, 1e9, NULL},
	{"NotifyMinMemory", CONF_SIZE, AT(notify_min_memory_bytes), "1G", 0, 0, NULL},
	{"NotifyMinDrift", CONF_REAL, AT(notify_min_drift), "1.25", 1, 100, NULL},
	{"NotifyMaxAge", CONF_DURATION, AT(notify_max_age_us), "7d", 0, 0, NULL},
	{"NotifyExcludePartitions", CONF_LIST, AT(notify_exclude_partitions), "", 0, 0, NULL},
	{"NotifyExcludeAccounts", CONF_LIST, AT(notify_exclude_accounts), "", 0, 0, NULL},
	{"NotifyExcludeUsers", CONF_LIST, AT(notify_exclude_users), "", 0, 0, NULL},
	{"NotifyExcludeClasses", CONF_LIST, AT(notify_exclude_classes), "", 0, 0, NULL},
	{"NotifyExcludeQos", CONF_LIST, AT(notify_exclude_qos), "", 0, 0, NULL},
	{"MailDays", CONF_RANGES, AT(mail_days), "Mon-Sun", 0, 0, day_words},
	{"Holidays", CONF_LIST, AT(holidays), "", 0, 0, NULL},
	{"Hook", CONF_PATH, AT(hook), "", 0, 0, NULL},
	{"HookTimeout", CONF_DURATION, AT(hook_timeout_us), "30s", 0, 0, NULL},
	{"OtlpEndpoint", CONF_STRING, AT(otlp_endpoint), "", 0, 0, NULL},
	{"OtlpHeadersFile", CONF_PATH, AT(otlp_headers_file), "", 0, 0, NULL},
	{"OtlpMaxAge", CONF_DURATION, AT(otlp_max_age_us), "7d", 0, 0, NULL},
	{"MetricsClasses", CONF_INT, AT(metrics_class_max), "50", 0, 1000, NULL},
	{"LinkJob", CONF_LINKS, AT(link_job), "", 0, 0, NULL},
	{"GnuplotPath", CONF_PATH, AT(gnuplot_path), "/usr/bin/gnuplot", 0, 0, NULL},
	{NULL, CONF_STRING, 0, NULL, 0, 0, NULL},
};
/* clang-format on */
