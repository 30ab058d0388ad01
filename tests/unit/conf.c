/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: what is refused, with which words, and what each type reads. */
#include "conf/conf.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/joboutliers-conf-XXXXXX";
static char path[64];

static void write_file(const char *text, size_t len)
{
	FILE *fp = fopen(path, "w");

	if (fp == NULL || fwrite(text, 1, len, fp) != len || fclose(fp) != 0)
		abort();
	if (chmod(path, 0644) < 0)
		abort();
}

/* Each is refused; want is in the error, behind the file's name. */
static const struct {
	const char *text;
	size_t len; /* 0: of the string */
	int code;
	const char *want;
} refused[] = {
	{"Database", 0, -EINVAL, ":1: 'Database': expected Key=Value"},
	{"\n# x\nDatabase /x\n", 0, -EINVAL, ":3: 'Database /x': expected Key=Value"},
	{"MailFrom=a\tb\n", 0, -EINVAL,
	 ":1: MailFrom=a?b: expected a text without control characters"},
	{"SmtpCaFile=/a\tb\n", 0, -EINVAL, ":1: SmtpCaFile=/a?b: expected an absolute path"},
	{"MailUsers=no\rMailFrom=a\n", 0, -EINVAL, ":1: control character in column 13"},
	{"=x\n", 0, -ENOENT, ":1: : no such key"},
	{"Databse=/x\n", 0, -ENOENT, ":1: Databse: no such key; did you mean Database?"},
	{"Frobnicate=1\n", 0, -ENOENT,
	 ":1: Frobnicate: no such key; joboutliers.conf(5) lists them"},
	{"Database=x.db\n", 0, -EINVAL, ":1: Database=x.db: expected an absolute path or postgresql://..."},
	{"Database=m/x=1.db\n", 0, -EINVAL,
	 ":1: Database=m/x=1.db: expected an absolute path or postgresql://..."},
	{"Database=\n", 0, -EINVAL, ":1: Database=: expected an absolute path or postgresql://..."},
	{"Database=/x\nDATABASE=/x\n", 0, -EEXIST,
	 ":2: Database: given before; expected each key once"},
	{"Spool=/a,b\n", 0, -EINVAL, ":1: Spool=b: expected absolute paths, separated by commas"},
	{"Spool= , \n", 0, -EINVAL, ": expected absolute paths, separated by commas"},
	{"LinkJob=https://a.example/{job}\n", 0, -EINVAL, "expected NAME=https://HOST/PATH"},
	{"LinkJob=a=b\n", 0, -EINVAL, "LinkJob=a=b: expected NAME=https://HOST/PATH"},
	{"LinkJob=a=javascript:alert(1)\n", 0, -EINVAL, "LinkJob=a=javascript:alert(1): expected"},
	{"LinkJob=a=file:///{job}\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=a=https:///{job}\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=a=https://{user}.example/\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=a=https://b.example{job}/\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=a=https://b.example/{jobs}\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=a=https://b.example/{job\n", 0, -EINVAL, "expected NAME=https"},
	{"LinkJob=\"a=https://b.example/{job} x\"\n", 0, -EINVAL, "expected NAME=https"},
	{"MinRatio=0.5\n", 0, -EINVAL, ":1: MinRatio=0.5: expected a number from 1 to 100"},
	{"MinRatio=nan\n", 0, -EINVAL, "expected a number from 1 to 100"},
	{"MinRatio=1e999\n", 0, -EINVAL, "expected a number from 1 to 100"},
	{"MinRatio=2x\n", 0, -EINVAL, "expected a number from 1 to 100"},
	{"MinRatio=\n", 0, -EINVAL, "expected a number from 1 to 100"},
	{"RetainDays=1.5\n", 0, -EINVAL, "expected a whole number from 1 to 36500"},
	{"RetainDays=0\n", 0, -EINVAL, "expected a whole number from 1 to 36500"},
	{"RetainDays=99999999999999999999\n", 0, -EINVAL, "expected a whole number"},
	{"MailUsers=maybe\n", 0, -EINVAL, ":1: MailUsers=maybe: expected yes or no"},
	{"MailTransport=pigeon\n", 0, -EINVAL, "expected one of sendmail, smtp"},
	{"GroupBy=user,colour\n", 0, -EINVAL,
	 "GroupBy=colour: expected one or more of cluster, partition, "},
	{"GroupBy=\n", 0, -EINVAL, "expected one or more of cluster"},
	{"MailDays=Mo\n", 0, -EINVAL,
	 "MailDays=Mo: expected one or more of Sun, Mon, Tue, Wed, Thu, Fri, Sat, or of ranges "
	 "such "
	 "as Mon-Tue"},
	{"MailDays=\n", 0, -EINVAL, "MailDays=: expected one or more of Sun"},
	{"MailDays=Mon-\n", 0, -EINVAL, "MailDays=Mon-: expected"},
	{"MailDays=-Mon\n", 0, -EINVAL, "MailDays=-Mon: expected"},
	{"MailDays=Mon-Tue-Wed\n", 0, -EINVAL, "MailDays=Mon-Tue-Wed: expected"},
	{"MailDays=WednesdayOfEveryWeek\n", 0, -EINVAL, "MailDays=WednesdayOfEveryWeek: expected"},
	{"NotifyMinTime=soon\n", 0, -EINVAL, "expected a duration such as"},
	{"NotifyMinMemory=1Q\n", 0, -EINVAL, "expected a size such as"},
	{"Database=/x\033[31m\n", 0, -EINVAL, ":1: control character in column 12"},
	{"Database=/x\0y\n", 14, -EINVAL, ":1: control character in column 12"},
};

static void test_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *text = refused[i].text;
		struct conf *conf = NULL;
		struct jo_err err = {0};

		write_file(text, refused[i].len > 0 ? refused[i].len : strlen(text));
		is_int(conf_read(path, &conf, &err), refused[i].code, "row %zu is refused", i);
		if (!ok(strstr(err.text, refused[i].want) != NULL, "and the error says why"))
			printf("#   %s\n#   has no \"%s\"\n", err.text, refused[i].want);
		ok(conf == NULL, "and nothing is returned");
		conf_free(conf);
	}
}

static void test_files(void)
{
	struct conf *conf = NULL;
	struct jo_err err = {0};

	(void)unlink(path);
	is_int(conf_read(path, &conf, &err), -ENOENT, "a missing file is an error");
	ok(mkfifo(path, 0600) == 0, "a FIFO in its place");
	is_int(conf_read(path, &conf, &err), -EINVAL, "does not keep us waiting");
	(void)unlink(path);
	is_int(conf_read(folder, &conf, &err), -EINVAL, "a folder is none");
	write_file("", 0);
	(void)chmod(path, 0646);
	is_int(conf_read(path, &conf, &err), -EPERM, "a file that everybody may write is refused");
	ok(conf == NULL, "and nothing is returned");
}

static void test_values(void)
{
	static const char text[] = "# a comment\n"
				   "\n"
				   "  database = /data/a b.db   # the rest\r\n"
				   "SPOOL=/a, /b/#c ,/d\n"
				   "MailFrom=\"Night watch <root@x>\"\n"
				   "MinRatio=1e1\n"
				   "RetainDays=30\n"
				   "MailUsers=YES\n"
				   "MailTransport=SMTP\n"
				   "GroupBy=class,User\n"
				   "NotifyMinTime=90s\n"
				   "NotifyExcludeUsers=test*, ann\n"
				   "NotifyExcludeQos=\n"
				   "MailDays=tue,Fri-Mon\n"
				   "LinkJob=\"Open OnDemand=https://a.example/?j={jobid}&e={end_ms}, "
				   "x=http://b/#y={class}\"\n"
				   "NotifyMinMemory=1.5G";
	struct conf *conf = NULL;
	struct jo_err err = {0};

	write_file(text, sizeof(text) - 1);
	if (!ok(conf_read(path, &conf, &err) == 0, "a good file is read")) {
		printf("#   %s\n", err.text);
		return;
	}
	is_str(conf->path, path, "the path is kept");
	is_str(conf->database, "/data/a b.db",
	       "white space and comment are cut, case does not matter");
	is_int(conf->spool.count, 3, "a list has its parts");
	is_str(conf->spool.list[1], "/b/#c", "# within a word is no comment");
	is_str(conf->mail_from, "Night watch <root@x>", "quotes are taken off");
	is_near(conf->min_ratio, 10, 0, "a real number");
	is_int(conf->retain_days, 30, "a whole number");
	ok(conf->mail_users, "yes in any case");
	is_int(conf->mail_transport, CONF_MAIL_SMTP, "a word");
	is_int(conf->group_by, CONF_BY_CLASS | CONF_BY_USER, "a set of words");
	is_int(conf->notify_min_time_us, 90 * 1000000, "a duration in micro-seconds");
	is_int(conf->notify_min_memory_bytes, 3LL << 29,
	       "a size in bytes, without a newline at the end");
	is_int(conf->notify_exclude_users.count, 2, "a list of words");
	is_str(conf->notify_exclude_users.list[0], "test*", "as they are");
	is_int(conf->notify_exclude_qos.count, 0, "which may be empty");
	is_int(conf->mail_days, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6,
	       "a range goes round the week");
	is_int(conf->link_job.count, 2, "addresses of links");
	is_str(conf->link_job.list[1], "x=http://b/#y={class}", "as they are");
	is_str(conf->sendmail_path, "/usr/sbin/sendmail", "what is not given has its default");
	is_str(conf->mail_domain, "", "or is empty, not NULL");

	is_int(conf_set(conf, "minratio", "3", &err), 0, "a key can be set over what was read");
	is_near(conf->min_ratio, 3, 0, "and holds");
	is_int(conf_set(conf, "minratio", "x", &err), -EINVAL, "a bad value is refused");
	is_near(conf->min_ratio, 3, 0, "and the old one stays");
	is_int(conf_set(conf, "spool", "/x,y", &err), -EINVAL, "a list with a bad part is refused");
	is_int(conf->spool.count, 3, "and the old one stays");
	conf_free(conf);
}

int main(void)
{
	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/joboutliers.conf", folder);
	test_refused();
	test_files();
	test_values();
	(void)unlink(path);
	(void)rmdir(folder);
	return tap_done();
}
