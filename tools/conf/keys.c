/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of configuration keys: all there is to know about each. */
#include "conf/conf.h"

#define AT(member) offsetof(struct conf, member)

static const char *const group_by_words[] = {"cluster", "partition", "account", "qos",
					     "user",    "class",     "program", NULL};
static const char *const mail_transport_words[] = {"sendmail", "smtp", NULL};
static const char *const day_words[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", NULL};
static const char *const smtp_tls_words[] = {"required", "opportunistic", "none", NULL};

/* clang-format off */
const struct conf_key conf_keys[] = {
	{"Database", CONF_PATH, AT(database), "/var/lib/joboutliers/joboutliers.db", 0, 0, NULL,
	 "the site's database, on a local file system"},
	{"Spool", CONF_PATHS, AT(spool), "/var/spool/joboutliers", 0, 0, NULL,
	 "where the plugin leaves its records; several are separated by commas"},
	{"Requests", CONF_PATH, AT(requests), "", 0, 0, NULL,
	 "where users leave what they ask for by mute and expect; empty: they cannot"},
	{"RetainDays", CONF_INT, AT(retain_days), "400", 1, 36500, NULL,
	 "how long a step is kept"},

	{"GroupBy", CONF_SET, AT(group_by), "cluster,partition,user,class", 0, 0, group_by_words,
	 "what jobs must have in common to be compared"},
	{"MinRatio", CONF_REAL, AT(min_ratio), "1.5", 1, 100, NULL,
	 "how many times the expectation is the least that is called high"},
	{"Alpha", CONF_REAL, AT(alpha), "0.005", 1e-9, 0.5, NULL,
	 "share of normal jobs that may be called high by chance"},
	{"HistoryMax", CONF_INT, AT(history_max), "500", 20, 4096, NULL,
	 "how many of its latest steps a group is judged by"},

	{"MailUsers", CONF_BOOL, AT(mail_users), "no", 0, 0, NULL,
	 "whether users get mail; until then only the admin does"},
	{"AdminMail", CONF_STRING, AT(admin_mail), "", 0, 0, NULL,
	 "address that is told of troubles, and that users' answers go to"},
	{"MailFrom", CONF_STRING, AT(mail_from), "", 0, 0, NULL,
	 "sender of every mail"},
	{"MailDomain", CONF_STRING, AT(mail_domain), "", 0, 0, NULL,
	 "a user's address is the user's name at this domain"},
	{"MailMap", CONF_PATH, AT(mail_map), "", 0, 0, NULL,
	 "file of user names and addresses, before MailDomain"},
	{"MailUnsubscribe", CONF_STRING, AT(mail_unsubscribe), "", 0, 0, NULL,
	 "mailto: or https: address in the List-Unsubscribe header"},
	{"MailTimeout", CONF_DURATION, AT(mail_timeout_us), "10min", 0, 0, NULL,
	 "how long one mail may take to be delivered"},
	{"MailTransport", CONF_ENUM, AT(mail_transport), "sendmail", 0, 0, mail_transport_words,
	 "how mail leaves the host"},
	{"SendmailPath", CONF_PATH, AT(sendmail_path), "/usr/sbin/sendmail", 0, 0, NULL,
	 "program that takes a mail on standard input"},
	{"SmtpUrl", CONF_STRING, AT(smtp_url), "smtp://localhost:25", 0, 0, NULL,
	 "the mail server"},
	{"SmtpUser", CONF_STRING, AT(smtp_user), "", 0, 0, NULL,
	 "name to log in to the mail server with"},
	{"SmtpPasswordFile", CONF_PATH, AT(smtp_password_file), "", 0, 0, NULL,
	 "file of the password, readable by its owner alone"},
	{"SmtpTls", CONF_ENUM, AT(smtp_tls), "required", 0, 0, smtp_tls_words,
	 "whether the connection to the mail server is encrypted"},
	{"SmtpCaFile", CONF_PATH, AT(smtp_ca_file), "", 0, 0, NULL,
	 "certificates that vouch for the mail server, instead of the system's"},
	{"NotifyMinRatio", CONF_REAL, AT(notify_min_ratio), "1.5", 0, 100, NULL,
	 "least times the expectation that is worth a mail"},
	{"NotifyMinTime", CONF_DURATION, AT(notify_min_time_us), "10min", 0, 0, NULL,
	 "least time lost that is worth a mail"},
	{"NotifyMinCoreHours", CONF_REAL, AT(notify_min_core_hours), "1", 0, 1e9, NULL,
	 "least core-hours lost that are worth a mail"},
	{"NotifyMinMemory", CONF_SIZE, AT(notify_min_memory_bytes), "1G", 0, 0, NULL,
	 "least memory beyond the expectation that is worth a mail"},
	{"NotifyMaxAge", CONF_DURATION, AT(notify_max_age_us), "7d", 0, 0, NULL,
	 "how long after a job's end a mail about it is still of use"},
	{"NotifyExcludePartitions", CONF_LIST, AT(notify_exclude_partitions), "", 0, 0, NULL,
	 "partitions whose jobs nobody is mailed about"},
	{"NotifyExcludeAccounts", CONF_LIST, AT(notify_exclude_accounts), "", 0, 0, NULL,
	 "accounts whose jobs nobody is mailed about"},
	{"NotifyExcludeUsers", CONF_LIST, AT(notify_exclude_users), "", 0, 0, NULL,
	 "users who get no mail"},
	{"NotifyExcludeClasses", CONF_LIST, AT(notify_exclude_classes), "", 0, 0, NULL,
	 "job classes that nobody is mailed about"},
	{"NotifyExcludeQos", CONF_LIST, AT(notify_exclude_qos), "", 0, 0, NULL,
	 "QOS whose jobs nobody is mailed about"},
	{"MailDays", CONF_RANGES, AT(mail_days), "Mon-Sun", 0, 0, day_words,
	 "days on which users get mail"},
	{"Holidays", CONF_LIST, AT(holidays), "", 0, 0, NULL,
	 "days on which they do not, or files of them"},
	{"GnuplotPath", CONF_PATH, AT(gnuplot_path), "/usr/bin/gnuplot", 0, 0, NULL,
	 "program that draws plots"},
	{NULL, CONF_STRING, 0, NULL, 0, 0, NULL, NULL},
};
/* clang-format on */
