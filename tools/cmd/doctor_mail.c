/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether mail can leave the host, and whether users have an address. */
#include "cmd/doctor.h"
#include "cmd/mail_read.h"
#include "finding/mail_days.h"
#include "mail/address.h"
#include "mail/sender.h"
#include "notify/texts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBE_S 30 /* who looks at the screen waits no longer for a mail server */

static void check_addresses(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	char address[MAIL_ADDRESS_SIZE];
	struct mail_map map = {0};
	struct jo_err err = {0};

	if (conf->mail_map[0] != '\0') {
		if (mail_map_read(conf->mail_map, &map, &err) < 0)
			doctor_tell(doctor, DOCTOR_FAIL, "MailMap: %s", err.text);
		else if (map.bad_count > 0)
			doctor_tell(doctor, DOCTOR_WARN,
				    "MailMap: %zu line%s no user and address; %s", map.bad_count,
				    map.bad_count == 1 ? " is" : "s are", map.first_bad.text);
		mail_map_release(&map);
	}
	if (conf->mail_domain[0] != '\0' &&
	    mail_address_of(NULL, conf->mail_domain, "user", address, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "MailDomain: %s", err.text);
	if ((conf->mail_users || conf->admin_mail[0] != '\0') && conf->mail_from[0] == '\0' &&
	    conf->mail_domain[0] == '\0')
		doctor_tell(doctor, DOCTOR_FAIL,
			    "no mail has a sender, so none goes out: set MailFrom or MailDomain");
	if (conf->mail_users && conf->mail_domain[0] == '\0' && conf->mail_map[0] == '\0')
		doctor_tell(doctor, DOCTOR_FAIL,
			    "MailUsers=yes, but no user has an address: set MailDomain or MailMap");
	if (conf->admin_mail[0] == '\0')
		doctor_tell(
			doctor, DOCTOR_WARN,
			"AdminMail is empty: nobody is told of users without an address and other "
			"troubles");
	else if (mail_address_check(conf->admin_mail, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "AdminMail: %s", err.text);
	if (conf->mail_from[0] != '\0' && mail_address_check(conf->mail_from, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "MailFrom: %s", err.text);
}

static void check_days(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	struct mail_days days = {0};
	struct jo_err err = {0};

	if (mail_days_read((unsigned)conf->mail_days, &conf->holidays, &days, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else if (mail_days_next(&days, doctor->env->now_unix_us) == 0)
		doctor_tell(doctor, DOCTOR_FAIL,
			    "no day within a year is one on which users get mail: look at MailDays "
			    "and Holidays");
	mail_days_release(&days);
}

/* The built-in text stands for each that cannot be used, so mails go out all the same. */
static void check_templates(struct doctor *doctor)
{
	struct strlist problems = {0};

	mail_catalog_free(notify_wording_new(doctor->conf->mail_templates, &problems));
	for (size_t i = 0; i < problems.count; i++)
		doctor_tell(doctor, DOCTOR_FAIL, "MailTemplates: %s", problems.list[i]);
	strlist_release(&problems);
}

/* False after telling what is wrong. */
static bool check_login(struct doctor *doctor)
{
	const char *path = doctor->conf->smtp_password_file;
	struct stat st;

	if (doctor->conf->smtp_user[0] == '\0')
		return true;
	if (path[0] == '\0')
		doctor_tell(doctor, DOCTOR_FAIL,
			    "SmtpUser is set, but there is no password: set SmtpPasswordFile");
	else if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "SmtpPasswordFile %s: %s", path, strerror(errno));
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"SmtpPasswordFile %s: others may read it, so it is refused: chmod 600 %s",
			path, path);
	else
		return true;
	return false;
}

/* Ask the mail server, as a mail from here to the admin would, but give it none. */
static void check_server(struct doctor *doctor, enum doctor_grade grade)
{
	const struct conf *conf = doctor->conf;
	const char *to = conf->admin_mail[0] != '\0' ? conf->admin_mail : NULL;
	struct mail_transport transport;
	struct mail_settings settings;
	struct jo_err err = {0};
	int rc = mail_settings_read(conf, false, &settings, &err);

	mail_read_transport(conf, &transport);
	transport.timeout_s = transport.timeout_s < PROBE_S ? transport.timeout_s : PROBE_S;
	/* what is wrong with the settings was told already */
	if (rc == 0 && mail_probe(&transport, settings.from_address, to, &err) < 0)
		doctor_tell(doctor, grade, "%s", err.text);
	else if (rc == 0)
		doctor_tell(doctor, DOCTOR_OK, "%s: takes mail from %s%s%s", conf->smtp_url,
			    settings.from_address, to == NULL ? "" : " to ", to == NULL ? "" : to);
	mail_settings_release(&settings);
}

/* Whether the files that mail needs can be looked at. */
static bool files_answer(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	const char *const paths[] = {conf->mail_map, conf->mail_templates, conf->smtp_password_file,
				     conf->sendmail_path};
	bool is_good = true;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		is_good = doctor_answers(doctor, paths[i]) && is_good;
	for (size_t i = 0; i < conf->holidays.count; i++)
		if (conf->holidays.list[i][0] == '/')
			is_good = doctor_answers(doctor, conf->holidays.list[i]) && is_good;
	return is_good;
}

void doctor_mail(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	bool is_needed = conf->mail_users || conf->admin_mail[0] != '\0';

	if (!files_answer(doctor))
		return;
	check_addresses(doctor);
	check_days(doctor);
	check_templates(doctor);
	if (conf->mail_transport == CONF_MAIL_SMTP && check_login(doctor))
		check_server(doctor, is_needed ? DOCTOR_FAIL : DOCTOR_WARN);
	if (conf->mail_transport == CONF_MAIL_SENDMAIL && access(conf->sendmail_path, X_OK) < 0)
		doctor_tell(doctor, is_needed ? DOCTOR_FAIL : DOCTOR_WARN,
			    "%s: %s; install a mail program, or set SendmailPath or MailTransport",
			    conf->sendmail_path, strerror(errno));
	doctor_tell(doctor, DOCTOR_OK, "users get %s",
		    conf->mail_users ? "mail" : "no mail (MailUsers)");
}
