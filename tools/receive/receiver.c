/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop: libmicrohttpd reads what has come, requests that are whole wait until their spans are
 * in a file, and are answered then.
 */
#include "receive/receiver.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "receive/exchange.h"
#include "receive/listen.h"
#include "receive/peer.h"
#include "receive/senders.h"
#include "receive/span_spool.h"
#include "util/alloc.h"
#include "util/when.h"

#if MHD_VERSION >= 0x00097002
typedef enum MHD_Result mhd_result;
#else
typedef int mhd_result;
#endif

/* More than a site's nodes have processes that export at a time; each is 20 kB at most. */
#define CONNECTIONS_MAX 12000
#define CONNECTION_BYTES 16384 /* a request's head */
#define OWN_FDS 64             /* beside those of connections */

/* What is held of bodies that are not whole yet, of all connections. */
#define HELD_BYTES_MAX ((size_t)256 << 20)

/* From one answer to the next, or from the connection: who is slower is cut off.  SDKs give up
 * after 10 s, and connect again when they were idle for longer. */
#define CONNECTION_US (60 * JO_US_PER_S)

/* Lines that are written as soon as there are so many. */
#define LINES_BYTES (8 << 20)

#define FULL_RETRY "30"  /* seconds: ingest makes room when it runs */
#define FAULT_RETRY "10" /* a disk that was full may be so no more */

#define COUNT_US (60 * JO_US_PER_S) /* between two lines of counts */

/* A connection, in the order of since_us. */
struct link {
	struct link *next, *prev;
	struct MHD_Connection *connection;
	struct sender *sender;
	int64_t since_us;
};

/* A request of a connection. */
struct pending {
	struct exchange exchange;
	struct MHD_Connection *connection;
	struct sender *sender;
	struct pending *next_waiting;
	size_t held_bytes;
};

struct receiver {
	const struct receive_options *options;
	const struct receive_calls *calls;
	struct MHD_Daemon *daemon;
	struct span_spool *spool;
	struct link links; /* the head of the ring */
	struct senders senders;
	int ask_fd; /* see receive/peer.h */
	int64_t connection_count, connection_max;
	size_t held_bytes;
	struct strbuf lines;
	int64_t line_span_count;
	struct pending *waiting; /* for the lines to be written */
	struct receive_counts counts, told;
	bool is_full_told, is_fault_told;
	const struct sender
		*greedy; /* whom others were kept from; NULL: nobody, since it was told */
};

/* ---- connections ---- */

static void unlink_it(struct link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}

static void append(struct receiver *receiver, struct link *link)
{
	link->since_us = when_monotonic_us();
	link->prev = receiver->links.prev;
	link->next = &receiver->links;
	link->prev->next = link;
	receiver->links.prev = link;
}

static int socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

/* Who has more connections than are free gets no more of them. */
static void begin_link(struct receiver *receiver, struct link *link)
{
	int fd = socket_of(link->connection);
	char name[PEER_NAME_SIZE];

	peer_name(receiver->ask_fd, fd, name);
	link->sender = senders_get(&receiver->senders, name);
	if (!senders_may(link->sender->connection_count,
			 receiver->connection_max - receiver->connection_count)) {
		receiver->greedy = link->sender;
		(void)shutdown(fd, SHUT_RDWR);
	}
	link->sender->connection_count++;
	receiver->connection_count++;
	append(receiver, link);
}

static void connection_changes(void *context, struct MHD_Connection *connection,
			       void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct receiver *receiver = context;
	struct link *link = *socket_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		link = xcalloc(1, sizeof(*link));
		link->connection = connection;
		begin_link(receiver, link);
		*socket_context = link;
	} else if (link != NULL) {
		link->sender->connection_count--;
		receiver->connection_count--;
		unlink_it(link);
		free(link);
		*socket_context = NULL;
	}
}

static struct link *link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

/* Who is too slow is cut off, which libmicrohttpd sees as an end. */
static void cut_off(struct receiver *receiver)
{
	int64_t now_us = when_monotonic_us();

	while (receiver->links.next != &receiver->links &&
	       now_us - receiver->links.next->since_us >= CONNECTION_US) {
		struct link *link = receiver->links.next;

		(void)shutdown(socket_of(link->connection), SHUT_RDWR);
		unlink_it(link);
		append(receiver, link);
	}
}

/* ---- requests ---- */

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Asked before a body comes, and again when it is whole, as what others sent meanwhile counts. */
static void refuse_if_full(struct receiver *receiver, struct pending *pending)
{
	int64_t room = pending->exchange.status == 0 ? span_spool_room(receiver->spool) : 0;
	uint64_t generation = span_spool_generation(receiver->spool);

	if (pending->exchange.status != 0)
		return;
	if (room == 0) {
		exchange_refuse(&pending->exchange, MHD_HTTP_TOO_MANY_REQUESTS,
				"the spool is full until ingest has run");
	} else if (!senders_may(sender_spooled(pending->sender, generation), room)) {
		receiver->greedy = pending->sender;
		exchange_refuse(&pending->exchange, MHD_HTTP_TOO_MANY_REQUESTS,
				"until ingest has run, the rest of the spool is for others");
	}
}

static struct pending *begin(struct receiver *receiver, struct MHD_Connection *connection,
			     const char *url, const char *method)
{
	const struct exchange_head head = {
		.method = method,
		.path = url,
		.type = header(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
		.encoding = header(connection, MHD_HTTP_HEADER_CONTENT_ENCODING),
		.length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH),
		.authorization = header(connection, MHD_HTTP_HEADER_AUTHORIZATION),
	};
	struct pending *pending = xcalloc(1, sizeof(*pending));

	pending->connection = connection;
	pending->sender = link_of(connection)->sender;
	exchange_begin(&pending->exchange, &head, receiver->options->token);
	refuse_if_full(receiver, pending);
	return pending;
}

static void release_held(struct receiver *receiver, struct pending *pending)
{
	receiver->held_bytes -= pending->held_bytes;
	pending->sender->held_bytes -= (int64_t)pending->held_bytes;
	pending->held_bytes = 0;
}

static void add(struct receiver *receiver, struct pending *pending, const char *bytes, size_t len)
{
	size_t free_bytes = HELD_BYTES_MAX - receiver->held_bytes,
	       own_bytes = (size_t)pending->sender->held_bytes;
	size_t more = exchange_add(&pending->exchange, bytes, len,
				   free_bytes > own_bytes ? free_bytes - own_bytes : 0);

	pending->held_bytes += more;
	pending->sender->held_bytes += (int64_t)more;
	receiver->held_bytes += more;
	if (pending->exchange.body == NULL)
		release_held(receiver, pending);
}

static mhd_result answer(struct receiver *receiver, struct pending *pending)
{
	const struct exchange *exchange = &pending->exchange;
	int status = exchange->status;
	struct MHD_Response *response;
	mhd_result result;
	size_t len;
	char *body;

	body = status == MHD_HTTP_OK ? reply_success(exchange->form, exchange->refused_count,
						     exchange->refused_reason, &len)
				     : reply_failure(exchange->form, exchange->reason, &len);
	response = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		alloc_failed();
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				      reply_types[exchange->form]);
	if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER,
					      status == MHD_HTTP_TOO_MANY_REQUESTS ? FULL_RETRY
										   : FAULT_RETRY);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "POST");
	if (status == MHD_HTTP_UNAUTHORIZED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	result = MHD_queue_response(pending->connection, (unsigned int)status, response);
	MHD_destroy_response(response);
	receiver->counts.request_count++;
	if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE) {
		receiver->counts.full_count++;
		span_spool_count_dropped(receiver->spool);
	} else if (status != MHD_HTTP_OK) {
		receiver->counts.refused_count++;
	}
	return result;
}

/* Have the connection wait for its spans to be written. */
static void wait_for_lines(struct receiver *receiver, struct pending *pending)
{
	pending->next_waiting = receiver->waiting;
	receiver->waiting = pending;
	receiver->line_span_count += pending->exchange.span_count;
	MHD_suspend_connection(pending->connection);
}

static void write_lines(struct receiver *receiver);

/* Called for the head, for each part of the body, at its end, and when its spans are written. */
static mhd_result take(void *context, struct MHD_Connection *connection, const char *url,
		       const char *method, const char *version, const char *bytes, size_t *len,
		       void **request)
{
	struct receiver *receiver = context;
	struct pending *pending = *request;

	(void)version;
	if (pending == NULL) {
		*request = begin(receiver, connection, url, method);
		return MHD_YES;
	}
	if (*len > 0) {
		add(receiver, pending, bytes, *len);
		*len = 0;
		return MHD_YES;
	}
	refuse_if_full(receiver, pending);
	if (pending->exchange.status == 0) {
		size_t len_before = receiver->lines.len;

		exchange_read(&pending->exchange, pending->sender, when_now() / JO_US_PER_DAY,
			      receiver->options->runs_max, &receiver->lines);
		sender_add_spooled(pending->sender, span_spool_generation(receiver->spool),
				   (int64_t)(receiver->lines.len - len_before));
		release_held(receiver, pending);
	}
	if (pending->exchange.status != 0)
		return answer(receiver, pending);
	wait_for_lines(receiver, pending);
	if (receiver->lines.len >= LINES_BYTES)
		write_lines(receiver);
	return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *connection, void **request,
		      enum MHD_RequestTerminationCode code)
{
	struct receiver *receiver = context;
	struct pending *pending = *request;
	struct link *link = link_of(connection);

	(void)code;
	if (pending != NULL) {
		for (struct pending **at = &receiver->waiting; *at != NULL;
		     at = &(*at)->next_waiting)
			if (*at == pending) {
				*at = pending->next_waiting;
				break;
			}
		release_held(receiver, pending);
		exchange_release(&pending->exchange);
		free(pending);
		*request = NULL;
	}
	if (link != NULL) {
		unlink_it(link);
		append(receiver, link);
	}
}

/* ---- the spool ---- */

static void tell(const struct receiver *receiver, bool *is_told, const char *text)
{
	if (!*is_told)
		receiver->calls->tell(receiver->calls->context, text);
	*is_told = true;
}

/* Put the lines into a file, and have all that wait for them answered. */
static void write_lines(struct receiver *receiver)
{
	struct jo_err err;
	int rc = 0;

	if (receiver->lines.len > 0)
		rc = span_spool_write(receiver->spool, receiver->lines.text, receiver->lines.len,
				      when_now(), &err);
	if (rc < 0)
		tell(receiver, &receiver->is_fault_told, err.text);
	if (rc == 0 && receiver->lines.len > 0)
		receiver->is_fault_told = false;
	if (rc == 0)
		receiver->counts.span_count += receiver->line_span_count;
	receiver->line_span_count = 0;
	strbuf_reset(&receiver->lines);
	while (receiver->waiting != NULL) {
		struct pending *pending = receiver->waiting;

		receiver->waiting = pending->next_waiting;
		if (rc < 0)
			exchange_refuse(&pending->exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
					"the spans could not be stored");
		else
			pending->exchange.status = MHD_HTTP_OK;
		MHD_resume_connection(pending->connection);
	}
}

static void hand_over(struct receiver *receiver)
{
	struct jo_err err;

	if (span_spool_hand_over(receiver->spool, &err) < 0)
		tell(receiver, &receiver->is_fault_told, err.text);
}

/* ---- the loop ---- */

/* What was counted since the last time, and whether the spool is full, once. */
static void tell_counts(struct receiver *receiver)
{
	if (memcmp(&receiver->counts, &receiver->told, sizeof(receiver->told)) != 0)
		receiver->calls->count(receiver->calls->context, &receiver->counts);
	receiver->told = receiver->counts;
	if (receiver->greedy != NULL) {
		char *text = xasprintf("%s sends more than its share, and is turned away",
				       receiver->greedy->name);

		receiver->calls->tell(receiver->calls->context, text);
		free(text);
		receiver->greedy = NULL;
	}
	if (span_spool_room(receiver->spool) == 0)
		tell(receiver, &receiver->is_full_told,
		     "the spool is full: spans are turned away until ingest has run");
	else
		receiver->is_full_told = false;
}

static int timeout_ms(struct receiver *receiver)
{
	MHD_UNSIGNED_LONG_LONG wanted_ms;

	if (MHD_get_timeout(receiver->daemon, &wanted_ms) != MHD_YES || wanted_ms > 1000)
		return 1000;
	return (int)wanted_ms;
}

static void run(struct receiver *receiver, int signal_fd)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(receiver->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd polled[] = {{.fd = info->epoll_fd, .events = POLLIN},
				  {.fd = signal_fd, .events = POLLIN}};
	int64_t counted_us = when_monotonic_us();
	bool is_answering = false;

	while ((polled[1].revents & POLLIN) == 0) {
		(void)poll(polled, sizeof(polled) / sizeof(polled[0]),
			   is_answering ? 0 : timeout_ms(receiver));
		(void)MHD_run(receiver->daemon);
		is_answering = receiver->waiting != NULL;
		write_lines(receiver);
		hand_over(receiver);
		cut_off(receiver);
		if (when_monotonic_us() - counted_us >= COUNT_US) {
			tell_counts(receiver);
			counted_us = when_monotonic_us();
		}
	}
	/* Who has sent all of a request gets its answer. */
	if (is_answering)
		(void)MHD_run(receiver->daemon);
	tell_counts(receiver);
}

/* As many connections as there may be files; more of both when that is allowed. */
static unsigned int connection_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return CONNECTIONS_MAX / 16;
	if (limit.rlim_cur < CONNECTIONS_MAX + OWN_FDS && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < CONNECTIONS_MAX + OWN_FDS
					 ? limit.rlim_max
					 : CONNECTIONS_MAX + OWN_FDS;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= CONNECTIONS_MAX + OWN_FDS)
		return CONNECTIONS_MAX;
	return limit.rlim_cur > 2 * OWN_FDS ? (unsigned int)limit.rlim_cur - OWN_FDS : OWN_FDS;
}

static int start(struct receiver *receiver, struct jo_err *err)
{
	int fd = listen_open(receiver->options->listen, err);

	if (fd < 0)
		return fd;
	receiver->connection_max = connection_limit();
	receiver->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, take, receiver,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)receiver->connection_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_BYTES, MHD_OPTION_NOTIFY_CONNECTION, connection_changes,
		receiver, MHD_OPTION_NOTIFY_COMPLETED, completed, receiver, MHD_OPTION_END);
	if (receiver->daemon != NULL) {
		char *text = xasprintf("listening on %s", receiver->options->listen);

		receiver->calls->tell(receiver->calls->context, text);
		free(text);
		return 0;
	}
	(void)close(fd);
	return jo_err_set(err, -EIO, "start to serve %s: refused", receiver->options->listen);
}

int receive_run(const struct receive_options *options, const struct receive_calls *calls,
		struct jo_err *err)
{
	struct receiver receiver = {.options = options, .calls = calls};
	int signal_fd = -1, rc;
	struct jo_err no_peers;
	sigset_t ends;

	if (geteuid() == 0)
		return jo_err_set(
			err, -EPERM,
			"root has no need to listen to anybody: run it as a user of its own, "
			"as joboutliers-receive.service does");
	receiver.links.next = receiver.links.prev = &receiver.links;
	senders_init(&receiver.senders);
	receiver.ask_fd = peer_open(&no_peers);
	if (receiver.ask_fd < 0)
		calls->tell(calls->context, no_peers.text);
	strbuf_init(&receiver.lines);
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	rc = span_spool_open(options->spool, options->host, options->spool_bytes, &receiver.spool,
			     err);
	if (rc < 0)
		goto out;
	signal_fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	rc = signal_fd < 0 ? jo_err_sys(err, -errno, "wait for signals") : start(&receiver, err);
	if (rc < 0)
		goto out;
	run(&receiver, signal_fd);
	MHD_stop_daemon(receiver.daemon);
out:
	if (signal_fd >= 0)
		(void)close(signal_fd);
	if (receiver.ask_fd >= 0)
		(void)close(receiver.ask_fd);
	span_spool_close(receiver.spool);
	senders_release(&receiver.senders);
	strbuf_release(&receiver.lines);
	return rc;
}
