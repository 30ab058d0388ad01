/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many spans a second the receiver has on the disk before it says so: of programs that send a
 * small body each, 32 at a time, and of one that sends large ones; and, as the measure of all, the
 * same bytes, appended to a file in the pieces of the bodies, without a sync and with one for each.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "otel/encode.h"
#include "receive/receiver.h"
#include "util/alloc.h"

#define PORT 24318
#define SENDERS 32
#define NOBODY 65534
#define SYNCED 200 /* bodies, a sync for each */

/* A run of each. */
static const struct {
	const char *name;
	int requests, spans;
} loads[] = {{"receive_small", 20000, 1}, {"receive_large", 200, 512}};

static char folder[] = "/var/tmp/bench_receive.XXXXXX";

static void say_nothing(void *context, const char *text)
{
	(void)context;
	(void)text;
}

static void count_nothing(void *context, const struct receive_counts *counts)
{
	(void)context;
	(void)counts;
}

static pid_t start(void)
{
	static const struct receive_calls calls = {NULL, say_nothing, count_nothing};
	const struct receive_options options = {.listen = "127.0.0.1:24318",
						.spool = folder,
						.host = "bench",
						.spool_bytes = INT64_MAX,
						.runs_max = INT64_MAX};
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (geteuid() == 0)
		check(setresuid(NOBODY, NOBODY, NOBODY) == 0, "be nobody");
	_exit(receive_run(&options, &calls, NULL) < 0);
}

static int connect_to(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(PORT),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct timespec pause = {0, 10000000};

	/* Until the receiver listens. */
	for (int i = 0; i < 1000; i++) {
		if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
			return fd;
		(void)nanosleep(&pause, NULL);
	}
	check(0, "connect");
	return -1;
}

/* A request with so many spans, and of it the body. */
static char *make_request(int spans, char **ret_body)
{
	struct otel_spans list;
	struct strbuf body;
	char *text;

	otel_spans_init(&list);
	otel_spans_add_resource(&list);
	otel_attributes_add(otel_spans_resource(&list), "service.name",
			    &(struct otel_value){.kind = OTEL_VALUE_TEXT, .text = "word-filter"});
	for (int i = 0; i < spans; i++) {
		struct otel_span *span = otel_spans_add(&list);

		(void)snprintf(span->trace_id, sizeof(span->trace_id), "%032x", i + 1);
		(void)snprintf(span->span_id, sizeof(span->span_id), "%016x", i + 1);
		span->name = "remove_filter_words";
		span->start_unix_ns = INT64_C(1700000000000000000);
		span->end_unix_ns = INT64_C(1700000005000000000);
		otel_attributes_add(&span->attributes, "input_size",
				    &(struct otel_value){.kind = OTEL_VALUE_INT, .number = 123456});
		otel_attributes_add(&span->attributes, "filter_words_count",
				    &(struct otel_value){.kind = OTEL_VALUE_INT, .number = 6});
	}
	strbuf_init(&body);
	(void)otel_encode_json(&list, 0, SIZE_MAX, &body);
	otel_spans_release(&list);
	text = xasprintf(
		"POST /v1/traces HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		body.len, body.text);
	*ret_body = strbuf_detach(&body);
	return text;
}

/* All senders send, each as soon as it was answered. */
static double send_all(const char *request, int count)
{
	struct pollfd polled[SENDERS];
	size_t len = strlen(request);
	int sent = 0, answered = 0;
	double begin_s = clock_s(CLOCK_MONOTONIC);

	for (int i = 0; i < SENDERS; i++) {
		polled[i] = (struct pollfd){.fd = connect_to(), .events = POLLIN};
		check(write(polled[i].fd, request, len) == (ssize_t)len, "send");
		sent++;
	}
	while (answered < count) {
		check(poll(polled, SENDERS, -1) > 0, "poll");
		for (int i = 0; i < SENDERS; i++) {
			char answer[512];
			ssize_t n;

			if ((polled[i].revents & POLLIN) == 0)
				continue;
			n = read(polled[i].fd, answer, sizeof(answer) - 1);
			check(n > 0, "read");
			answer[n] = '\0';
			check(strncmp(answer, "HTTP/1.1 200", 12) == 0, answer);
			answered++;
			if (sent < count)
				check(write(polled[i].fd, request, len) == (ssize_t)len, "send");
			else
				polled[i].fd = -polled[i].fd - 1;
			sent++;
		}
	}
	begin_s = clock_s(CLOCK_MONOTONIC) - begin_s;
	for (int i = 0; i < SENDERS; i++)
		(void)close(-polled[i].fd - 1);
	return begin_s;
}

static double append_all(const char *body, int count, bool is_synced)
{
	char *path = xasprintf("%s/appended", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	double begin_s = clock_s(CLOCK_MONOTONIC);
	size_t len = strlen(body);

	check(fd >= 0, "make a file");
	for (int i = 0; i < count; i++)
		check(write(fd, body, len) == (ssize_t)len && (!is_synced || fsync(fd) == 0),
		      "append");
	check(close(fd) == 0, "close");
	begin_s = clock_s(CLOCK_MONOTONIC) - begin_s;
	(void)unlink(path);
	free(path);
	return begin_s;
}

int main(void)
{
	pid_t receiver;
	char *command;

	alloc_init();
	check(mkdtemp(folder) != NULL, "make a folder");
	check(geteuid() != 0 || chown(folder, NOBODY, NOBODY) == 0, "give it away");
	receiver = start();
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char *body, *request = make_request(loads[i].spans, &body);
		double spans = (double)loads[i].requests * loads[i].spans;
		double sent_s = send_all(request, loads[i].requests);

		printf("%s_requests %.0f requests/s\n", loads[i].name, loads[i].requests / sent_s);
		printf("%s_spans %.0f spans/s\n", loads[i].name, spans / sent_s);
		printf("%s_append %.0f spans/s\n", loads[i].name,
		       spans / append_all(body, loads[i].requests, false));
		printf("%s_append_synced %.0f spans/s\n", loads[i].name,
		       (double)SYNCED * loads[i].spans / append_all(body, SYNCED, true));
		free(request);
		free(body);
	}
	(void)kill(receiver, SIGTERM);
	(void)waitpid(receiver, NULL, 0);
	command = xasprintf("rm -rf '%s'", folder);
	check(system(command) == 0, "remove the folder");
	free(command);
	return 0;
}
