/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a real mail server, which misbehaves on demand, whether it would take a mail. */
#include <errno.h>

#include "mail/sender.h"
#include "smtp_server.h"

/* What hangs is given up early, what does not may take its time on a busy machine. */
#define HANG_TIMEOUT_S 2
#define TIMEOUT_S 60

#define FROM "jobs@example.org"
#define TO "ada@example.org"

static const struct {
	const char *fault;
	int want;
	const char *text;
} probes[] = {
	{"", 0, ""},
	{"end * 554 no", 0, ""},
	{"quit * hang", 0, ""},
	{"connect * 554 5.3.2 go away", -EIO, "554"},
	{"connect * hang", -EIO, "timed out"},
	{"ehlo * close", -EIO, ""},
	{"mail * 550 5.7.1 not from you", -EACCES,
	 "says to MAIL FROM:<" FROM ">: 550 5.7.1 not from you"},
	{"mail * hang", -ETIMEDOUT, "MAIL FROM:<" FROM ">: the mail server does not answer"},
	{"rcpt " TO " 554 5.7.1 Relay access denied", -EACCES,
	 "says to RCPT TO:<" TO ">: 554 5.7.1 Relay access denied"},
	{"rcpt " TO " 450 4.2.0 greylisted", -EACCES, "450 4.2.0 greylisted"},
	{"rcpt " TO " close", -EIO, "RCPT TO:<" TO ">: the mail server hung up"},
};

/* Asking takes no mail, whatever it is told. */
static void check_probes(const char *folder)
{
	struct smtp_box box;
	struct jo_err err = {0};

	if (!open_box(&box, folder, NULL, NULL, "127.0.0.1", "asking a mail server"))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(probes); i++) {
		gint64 begun_us = g_get_monotonic_time();

		err.text[0] = '\0';
		box.transport.timeout_s =
			strstr(probes[i].fault, "hang") != NULL ? HANG_TIMEOUT_S : TIMEOUT_S;
		set_faults(folder, probes[i].fault);
		is_int(mail_probe(&box.transport, FROM, TO, &err), probes[i].want, "asked: %s",
		       probes[i].fault);
		if (!ok(strstr(err.text, probes[i].text) != NULL, "is said so"))
			printf("#   got \"%s\"\n", err.text);
		ok(g_get_monotonic_time() - begun_us <
			   19 * box.transport.timeout_s * G_USEC_PER_SEC / 10,
		   "in time");
	}
	set_faults(folder, "");
	is_int(mail_probe(&box.transport, NULL, NULL, &err), 0, "or only whether it is there");
	is_int(mail_probe(&box.transport, FROM, "x@y\r\nDATA", &err), -EINVAL,
	       "no address, no question");
	ok(!has_file(folder, "1.eml"), "no mail was given");
	stop_server(box.pid);
	is_int(mail_probe(&box.transport, FROM, TO, &err), -EIO, "no server: %s", err.text);
	g_free(box.url);
}

/* Encrypted and logged in, as for a mail. */
static void check_tls(const char *folder)
{
	char *certificate = g_build_filename(folder, "both", NULL);
	char *ca_file = g_build_filename(folder, "cert", NULL);
	char *password = g_build_filename(folder, "password", NULL);
	struct jo_err err = {0};
	struct smtp_box box;

	if (!make_certificate(folder) || !open_box(&box, folder, certificate, "jobs:open sesame",
						   "localhost", "TLS and a login"))
		goto out;
	box.transport.tls = MAIL_TLS_REQUIRED;
	box.transport.ca_file = ca_file;
	box.transport.login = "jobs";
	box.transport.password_file = password;
	write_file(folder, "password", "open sesame\n", 0600);
	is_int(mail_probe(&box.transport, FROM, TO, &err), 0, "TLS and a login (%s)", err.text);
	write_file(folder, "password", "wrong\n", 0600);
	is_int(mail_probe(&box.transport, FROM, TO, &err), -EIO, "a wrong password: %s", err.text);
	ok(strstr(err.text, "wrong") == NULL, "is not repeated");
	(void)g_chmod(password, 0644);
	is_int(mail_probe(&box.transport, FROM, TO, &err), -EACCES, "one that all may read: %s",
	       err.text);
	box.transport.ca_file = NULL;
	(void)g_chmod(password, 0600);
	is_int(mail_probe(&box.transport, FROM, TO, &err), -EIO,
	       "a certificate nobody vouches for: %s", err.text);
	ok(!has_file(folder, "1.eml"), "no mail was given");
	close_box(&box);
out:
	g_free(certificate);
	g_free(ca_file);
	g_free(password);
}

int main(void)
{
	in_folder(check_probes);
	in_folder(check_tls);
	return tap_done();
}
