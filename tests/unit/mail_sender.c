/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery against a real mail server that misbehaves on demand
 * (tests/smtp/smtpd.py), and against sendmail programs that do.
 */
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/sender.h"
#include "smtp_server.h"
#include "tap.h"

/* What hangs is given up early, what does not may take its time on a busy machine. */
#define HANG_TIMEOUT_S 2
#define TIMEOUT_S 60

#define FROM "jobs@example.org"
#define TO "ada@example.org"

static const char message[] = "Subject: x\r\n\r\nfirst\r\n.\r\n.dot\r\nlast\r\n";

static const struct {
	const char *fault;
	enum mail_outcome want;
	const char *text; /* part of what is said about it */
} faults[] = {
	{"connect * 554 5.3.2 go away", MAIL_UNREACHABLE, "before the mail: 554 5.3.2 go away"},
	{"connect * 421 busy", MAIL_UNREACHABLE, "421 busy"},
	{"connect * close", MAIL_UNREACHABLE, "before the mail: "},
	{"connect * hang", MAIL_UNREACHABLE, "before the mail: "},
	{"data * hang", MAIL_UNREACHABLE, "before the text: "},
	{"end * 451 4.3.0 not now\nquit * hang", MAIL_DEFERRED,
	 "after the text: 451 4.3.0 not now"},
	{"mail * 550 5.7.1 not from you", MAIL_UNREACHABLE,
	 "on the sender: 550 5.7.1 not from you"},
	{"mail * 451 later", MAIL_DEFERRED, "on the sender: 451 later"},
	{"mail * 552 too large", MAIL_REFUSED, "552 too large"},
	{"rcpt " TO " 550 5.1.1 no such user", MAIL_REFUSED,
	 "on the recipient: 550 5.1.1 no such user"},
	{"rcpt " TO " 450 4.2.0 greylisted", MAIL_DEFERRED,
	 "on the recipient: 450 4.2.0 greylisted"},
	{"rcpt " TO " 421 going down", MAIL_UNREACHABLE, "421 going down"},
	{"rcpt " TO " close", MAIL_UNREACHABLE, "on the recipient: "},
	{"rcpt " TO " hang", MAIL_UNREACHABLE, "on the recipient: "},
	{"data * 452 disk full", MAIL_DEFERRED, "before the text: 452 disk full"},
	{"data * 554 no", MAIL_REFUSED, "before the text: 554 no"},
	{"data * close", MAIL_UNREACHABLE, "before the text: "},
	{"end * 554 5.7.1 spam", MAIL_REFUSED, "after the text: 554 5.7.1 spam"},
	{"end * 451 4.3.0 not now", MAIL_DEFERRED, "after the text: 451 4.3.0 not now"},
	{"end * close", MAIL_UNREACHABLE, "no answer after the text, so it may have arrived"},
	{"end * take-close", MAIL_UNREACHABLE, "no answer after the text, so it may have arrived"},
	{"end * hang", MAIL_UNREACHABLE, "no answer after the text, so it may have arrived"},
};

static enum mail_outcome send_one(struct mail_sender *sender, struct jo_err *err)
{
	err->text[0] = '\0';
	return mail_send(sender, FROM, TO, message, sizeof(message) - 1, err);
}

/* One connection throughout, as far as the faults let it live: none may spoil the next mail. */
static void check_faults(const char *folder)
{
	struct mail_sender *sender = NULL;
	struct jo_err err = {0};
	struct smtp_box box;
	gint64 begun_us;
	char *text;

	if (!open_box(&box, folder, NULL, NULL, "127.0.0.1", "a mail server's faults"))
		return;
	is_int(mail_sender_new(&box.transport, &sender, &err), 0, "a sender");
	is_int(send_one(sender, &err), MAIL_SENT, "a mail is sent (%s)", err.text);
	text = read_file(folder, "1.eml");
	is_str(text, message, "and arrives byte by byte");
	g_free(text);
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		int is_hang = g_str_has_suffix(faults[i].fault, "hang");

		set_faults(folder, faults[i].fault);
		/* a greeting is only met by a new connection, and a time-out made with it */
		box.transport.timeout_s = is_hang ? HANG_TIMEOUT_S : TIMEOUT_S;
		if (is_hang || g_str_has_prefix(faults[i].fault, "connect")) {
			mail_sender_free(sender);
			(void)mail_sender_new(&box.transport, &sender, NULL);
		}
		box.transport.timeout_s = TIMEOUT_S; /* of the connection after this one */
		begun_us = g_get_monotonic_time();
		is_int(send_one(sender, &err), faults[i].want, "%s", faults[i].fault);
		if (!ok(strstr(err.text, faults[i].text) != NULL, "is said so"))
			printf("#   got \"%s\"\n", err.text);
		if (is_hang)
			ok(g_get_monotonic_time() - begun_us <
				   19 * HANG_TIMEOUT_S * G_USEC_PER_SEC / 10,
			   "and is waited for once");
		set_faults(folder, "");
		is_int(send_one(sender, &err), MAIL_SENT, "and the next is sent (%s)", err.text);
	}
	stop_server(box.pid);
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "no server: %s", err.text);
	is_int(mail_send(sender, FROM, "-x@example.org", message, 1, &err), MAIL_REFUSED,
	       "an address that could be an option");
	mail_sender_free(sender);
	g_free(box.url);
}

static void check_tls(const char *folder)
{
	char *certificate = g_build_filename(folder, "both", NULL);
	char *ca_file = g_build_filename(folder, "cert", NULL);
	char *password = g_build_filename(folder, "password", NULL);
	struct mail_sender *sender = NULL;
	struct jo_err err = {0};
	struct smtp_box box;
	char *text;

	write_file(folder, "password", "open sesame\n", 0600);
	if (!make_certificate(folder) || !open_box(&box, folder, certificate, "jobs:open sesame",
						   "localhost", "TLS and a login"))
		goto out;
	box.transport.tls = MAIL_TLS_REQUIRED;
	box.transport.ca_file = ca_file;
	box.transport.login = "jobs";
	box.transport.password_file = password;
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_SENT, "TLS and a login (%s)", err.text);
	text = read_file(folder, "1.json");
	ok(text != NULL && strstr(text, "\"tls\": true") != NULL, "the server saw TLS");
	ok(text != NULL && strstr(text, "\"login\": \"jobs\"") != NULL, "and the login");
	g_free(text);
	mail_sender_free(sender);

	box.transport.ca_file = NULL;
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "a certificate nobody vouches for: %s",
	       err.text);
	mail_sender_free(sender);
	box.transport.ca_file = ca_file;

	write_file(folder, "password", "wrong", 0600);
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "a wrong password: %s", err.text);
	ok(strstr(err.text, "wrong") == NULL && strstr(err.text, "d3Jvbmc") == NULL,
	   "which is not repeated");
	mail_sender_free(sender);
	write_file(folder, "password", "open sesame\n", 0600);

	set_faults(folder, "starttls * 454 not today");
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "TLS refused: %s", err.text);
	mail_sender_free(sender);
	ok(!has_file(folder, "2.eml"), "none of these was taken");
	close_box(&box);
out:
	g_free(certificate);
	g_free(ca_file);
	g_free(password);
}

/* A relay whose certificate nobody vouches for: better encrypted than not, where the site says so.
 */
static void check_opportunistic_tls(const char *folder)
{
	char *certificate = g_build_filename(folder, "both", NULL), *text;
	struct mail_sender *sender = NULL;
	struct jo_err err = {0};
	struct smtp_box box;

	if (!make_certificate(folder) ||
	    !open_box(&box, folder, certificate, NULL, "127.0.0.1", "TLS if offered"))
		goto out;
	box.transport.tls = MAIL_TLS_OPPORTUNISTIC;
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_SENT, "TLS if offered (%s)", err.text);
	text = read_file(folder, "1.json");
	ok(text != NULL && strstr(text, "\"tls\": true") != NULL, "is used when offered");
	g_free(text);
	mail_sender_free(sender);
	close_box(&box);
out:
	g_free(certificate);
}

/* A server that offers no TLS must not get mail, and least of all a password, when TLS is required.
 */
static void check_no_tls(const char *folder)
{
	struct mail_sender *sender = NULL;
	struct jo_err err = {0};
	struct smtp_box box;

	if (!open_box(&box, folder, NULL, NULL, "127.0.0.1", "a server without TLS"))
		return;
	box.transport.tls = MAIL_TLS_REQUIRED;
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "no TLS where it is required: %s",
	       err.text);
	mail_sender_free(sender);
	box.transport.tls = MAIL_TLS_OPPORTUNISTIC;
	(void)mail_sender_new(&box.transport, &sender, &err);
	is_int(send_one(sender, &err), MAIL_SENT, "is no matter where it is not (%s)", err.text);
	mail_sender_free(sender);
	ok(has_file(folder, "1.eml") && !has_file(folder, "2.eml"), "one mail was taken");
	close_box(&box);
}

static void check_refused_transports(const char *folder)
{
	static const struct {
		const char *name;
		int mode;
		const char *text;
		int want;
	} passwords[] = {
		{"a file that its group may read", 0640, "secret\n", -EACCES},
		{"a file that all may read", 0604, "secret\n", -EACCES},
		{"an empty file", 0600, "", -EINVAL},
		{"an empty line", 0600, "\nsecret\n", -EINVAL},
		{"a private file", 0600, "secret\nmore\n", 0},
		{"one that is only read", 0400, "secret", 0},
	};
	char *path = g_build_filename(folder, "password", NULL);
	struct mail_transport transport = {.via = MAIL_VIA_SMTP,
					   .url = "smtp://localhost",
					   .login = "jobs",
					   .password_file = path,
					   .timeout_s = 1};
	struct mail_sender *sender = NULL;
	GString *longest = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(passwords); i++) {
		(void)unlink(path);
		write_file(folder, "password", passwords[i].text, passwords[i].mode);
		sender = NULL;
		is_int(mail_sender_new(&transport, &sender, NULL), passwords[i].want,
		       "the password is in %s", passwords[i].name);
		mail_sender_free(sender);
	}
	for (int i = 0; i < 5000; i++)
		g_string_append_c(longest, 'x');
	(void)unlink(path);
	write_file(folder, "password", longest->str, 0600);
	is_int(mail_sender_new(&transport, &sender, NULL), -EFBIG, "a password of 5,000 bytes");
	(void)unlink(path);
	is_int(mail_sender_new(&transport, &sender, NULL), -ENOENT, "no file");
	(void)mkfifo(path, 0600);
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "a FIFO");
	(void)unlink(path);
	write_file(folder, "password", "secret", 0600);
	transport.tls = MAIL_TLS_OPPORTUNISTIC;
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "a login and TLS if offered");
	transport.tls = MAIL_TLS_NONE;
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "a login without TLS");
	transport.tls = MAIL_TLS_REQUIRED;
	transport.url = "file:///etc/passwd";
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "not a mail server's address");
	transport.url = "smtp://jo:secret@localhost";
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "a login in the address");
	transport.via = MAIL_VIA_SENDMAIL;
	transport.sendmail = "sendmail";
	is_int(mail_sender_new(&transport, &sender, NULL), -EINVAL, "a program without its path");
	(void)g_string_free(longest, TRUE);
	g_free(path);
}

static const struct {
	const char *script;
	enum mail_outcome want;
	const char *text;
} programs[] = {
	{"exit 75", MAIL_DEFERRED, "status 75"},
	{"echo user unknown >&2; exit 67", MAIL_REFUSED, "status 67: user unknown"},
	{"printf 'a\\nb\\033[31m\\377' >&2; exit 78", MAIL_UNREACHABLE, "status 78: a"},
	{"yes | head -c 100000 >&2; exit 1", MAIL_UNREACHABLE, "status 1: y"},
	{"kill -9 $$", MAIL_UNREACHABLE, "signal 9"},
	{"sleep 100 & sleep 100", MAIL_UNREACHABLE, "may have been taken"},
	{"exec 0<&-; exit 0", MAIL_SENT, ""},
	{"cat >\"$0.mail\"; printf '%s\\n' \"$@\" >\"$0.args\"", MAIL_SENT, ""},
};

static void check_sendmail(const char *folder)
{
	char *path = g_build_filename(folder, "sendmail", NULL), *text;
	struct mail_transport transport = {
		.via = MAIL_VIA_SENDMAIL, .sendmail = path, .timeout_s = TIMEOUT_S};
	struct mail_sender *sender = NULL;
	struct jo_err err = {0};

	is_int(mail_sender_new(&transport, &sender, NULL), 0, "a sender by program");
	is_int(send_one(sender, &err), MAIL_UNREACHABLE, "no program: %s", err.text);
	for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
		char *script = g_strdup_printf("#!/bin/sh\n%s\n", programs[i].script);

		write_file(folder, "sendmail", script, 0700);
		transport.timeout_s = strstr(script, "sleep") == NULL ? TIMEOUT_S : HANG_TIMEOUT_S;
		is_int(send_one(sender, &err), programs[i].want, "%s", programs[i].script);
		if (!ok(strstr(err.text, programs[i].text) != NULL, "is said so"))
			printf("#   got \"%s\"\n", err.text);
		g_free(script);
	}
	text = read_file(folder, "sendmail.mail");
	is_str(text, "Subject: x\n\nfirst\n.\n.dot\nlast\n", "the program reads the mail");
	g_free(text);
	text = read_file(folder, "sendmail.args");
	is_str(text, "-i\n-f\n" FROM "\n" TO "\n", "and knows sender and recipient");
	g_free(text);
	mail_sender_free(sender);
	g_free(path);
}

int main(void)
{
	in_folder(check_refused_transports);
	in_folder(check_sendmail);
	in_folder(check_faults);
	in_folder(check_tls);
	in_folder(check_opportunistic_tls);
	in_folder(check_no_tls);
	return tap_done();
}
