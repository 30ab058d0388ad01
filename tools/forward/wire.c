/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Either side may be anybody, may stop at any byte, and may never say a word. */
#include "forward/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "joboutliers-records 1"

static const char fate_letters[] = {
	[PARCEL_LEFT] = 'l', [PARCEL_CARRIED] = 'c', [PARCEL_KNOWN] = 'k', [PARCEL_FOREIGN] = 'f'};

/* ---- bytes ---- */

static int over(struct jo_err *err)
{
	return jo_err_set(err, -ETIMEDOUT, "the time limit came before the other side answered");
}

static int put(struct wire *wire, const char *bytes, size_t len, struct jo_err *err)
{
	while (len > 0) {
		ssize_t n = write(wire->out_fd, bytes, len);

		if (n < 0 && errno == EINTR && !forward_is_over)
			continue;
		if (n < 0)
			return errno == EINTR ? over(err)
					      : jo_err_sys(err, -errno, "write to the other side");
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int fill(struct wire *wire, struct jo_err *err)
{
	ssize_t n;

	do
		n = read(wire->in_fd, wire->buffer, sizeof(wire->buffer));
	while (n < 0 && errno == EINTR && !forward_is_over);
	if (n < 0)
		return errno == EINTR ? over(err)
				      : jo_err_sys(err, -errno, "read from the other side");
	if (n == 0)
		return jo_err_set(err, -EPIPE, "the other side ended before it was done");
	wire->used = (size_t)n;
	wire->pos = 0;
	return 0;
}

static int get(struct wire *wire, char *bytes, size_t len, struct jo_err *err)
{
	while (len > 0) {
		size_t here = wire->used - wire->pos;
		int rc;

		if (here == 0) {
			rc = fill(wire, err);
			if (rc < 0)
				return rc;
			continue;
		}
		if (here > len)
			here = len;
		memcpy(bytes, wire->buffer + wire->pos, here);
		wire->pos += here;
		bytes += here;
		len -= here;
	}
	return 0;
}

/* A line without its newline. */
static int get_line(struct wire *wire, char line[WIRE_LINE_SIZE], struct jo_err *err)
{
	for (size_t len = 0; len < WIRE_LINE_SIZE; len++) {
		int rc = get(wire, line + len, 1, err);

		if (rc < 0)
			return rc;
		if (line[len] == '\n') {
			line[len] = '\0';
			return 0;
		}
	}
	line[WIRE_LINE_SIZE - 1] = '\0';
	return jo_err_set(err, -EPROTO, "the other side said '%.60s...'", line);
}

/* ---- the side of the spool ---- */

int wire_send_begin(struct wire *wire, struct jo_err *err)
{
	return put(wire, HEADER "\n", strlen(HEADER "\n"), err);
}

/* All of it is right, or nothing of it is believed. */
static int take_answer(struct parcel *parcel, const char *line, struct jo_err *err)
{
	const size_t letter_count = sizeof(fate_letters);

	if (strlen(line) != parcel->count)
		return jo_err_set(err, -EPROTO, "the other side said '%.60s', expected %zu letters",
				  line, parcel->count);
	for (size_t i = 0; i < parcel->count; i++)
		if (memchr(fate_letters, line[i], letter_count) == NULL)
			return jo_err_set(err, -EPROTO, "the other side said '%.60s'", line);
	for (size_t i = 0; i < parcel->count; i++) {
		const char *letter = memchr(fate_letters, line[i], letter_count);

		parcel->items[i].fate = (enum parcel_fate)(letter - fate_letters);
	}
	return 0;
}

int wire_send_take(void *context, struct parcel *parcel, struct forward_summary *report,
		   struct jo_err *err)
{
	char line[WIRE_LINE_SIZE];
	struct wire *wire = context;
	int rc;

	report->doing = "sending to the other side";
	(void)snprintf(line, sizeof(line), "parcel %s %zu\n", parcel->node, parcel->count);
	rc = put(wire, line, strlen(line), err);
	for (size_t i = 0; rc == 0 && i < parcel->count; i++) {
		const struct parcel_item *item = &parcel->items[i];

		(void)snprintf(line, sizeof(line), "%s %zu\n", item->name, item->len);
		rc = put(wire, line, strlen(line), err);
		if (rc == 0)
			rc = put(wire, parcel->bytes + item->offset, item->len, err);
	}
	report->doing = "waiting for the other side's answer";
	if (rc == 0)
		rc = get_line(wire, line, err);
	return rc == 0 ? take_answer(parcel, line, err) : rc;
}

int wire_send_end(struct wire *wire, const struct forward_summary *report, struct jo_err *err)
{
	char line[WIRE_LINE_SIZE];

	(void)snprintf(line, sizeof(line), "end %" PRId64 " %" PRId64 " %d\n", report->left_count,
		       report->foreign_count, report->is_cut);
	return put(wire, line, strlen(line), err);
}

/* ---- the target's side ---- */

/* The number at the end of "WORD NUMBER", taken off; -EPROTO for one that is none or beyond max. */
static int take_number(char *line, int64_t max, int64_t *ret_number)
{
	char *space = strrchr(line, ' '), *end;
	long long number;

	if (space == NULL || space[1] < '0' || space[1] > '9')
		return -EPROTO;
	errno = 0;
	number = strtoll(space + 1, &end, 10);
	if (errno != 0 || *end != '\0' || number > max)
		return -EPROTO;
	*space = '\0';
	*ret_number = number;
	return 0;
}

static int get_item(struct wire *wire, struct parcel *parcel, struct jo_err *err)
{
	struct parcel_item *item = &parcel->items[parcel->count];
	char line[WIRE_LINE_SIZE];
	int64_t len = 0;
	int rc = get_line(wire, line, err);

	if (rc < 0)
		return rc;
	if (take_number(line, JO_RECORD_LINE_MAX, &len) < 0 || !parcel_is_record_name(line))
		return jo_err_set(err, -EPROTO, "the other side said '%.60s', expected a record",
				  line);
	(void)snprintf(item->name, sizeof(item->name), "%.*s", PARCEL_NAME_MAX, line);
	item->fate = PARCEL_LEFT;
	item->offset = parcel->used;
	item->len = (size_t)len;
	parcel->used += item->len;
	parcel->count++;
	return get(wire, parcel->bytes + item->offset, item->len, err);
}

static int answer(struct wire *wire, const struct parcel *parcel, struct jo_err *err)
{
	char line[PARCEL_RECORDS + 1];

	for (size_t i = 0; i < parcel->count; i++)
		line[i] = fate_letters[parcel->items[i].fate];
	line[parcel->count] = '\n';
	return put(wire, line, parcel->count + 1, err);
}

/* Also of a parcel that failed the other side hears, so that it removes what is safe. */
static int receive_parcel(struct wire *wire, char *line, struct wire_limits *limits,
			  struct parcel *parcel, const struct parcel_sink *sink,
			  struct forward_summary *report, struct jo_err *err)
{
	static const char word[] = "parcel ";
	const char *node = line + strlen(word);
	struct jo_err ignored;
	int64_t count = 0;
	int rc = 0;

	if (strncmp(line, word, strlen(word)) != 0 ||
	    take_number(line, PARCEL_RECORDS, &count) < 0 || !parcel_is_node_name(node))
		return jo_err_set(err, -EPROTO, "the other side said '%.60s', expected a parcel",
				  line);
	if (limits->node != NULL && strcmp(limits->node, node) != 0)
		return jo_err_set(err, -EPERM,
				  "the other side has records of node %s, expected %s alone", node,
				  limits->node);
	parcel->node = node;
	parcel->count = parcel->used = 0;
	report->doing = "receiving from the other side";
	while (rc == 0 && (int64_t)parcel->count < count)
		rc = get_item(wire, parcel, err);
	if (rc < 0)
		return rc;
	if (limits->records_max >= count)
		rc = sink->take(sink->context, parcel, report, err);
	limits->records_max -= count;
	parcel_count(parcel, report);
	report->doing = "answering the other side";
	if (rc < 0) {
		(void)answer(wire, parcel, &ignored);
		return rc;
	}
	return answer(wire, parcel, err);
}

static int receive_end(char *line, struct forward_summary *report, struct jo_err *err)
{
	int64_t left_count, foreign_count, is_cut;

	if (take_number(line, 1, &is_cut) < 0 || take_number(line, INT32_MAX, &foreign_count) < 0 ||
	    take_number(line, INT32_MAX, &left_count) < 0 || strcmp(line, "end") != 0)
		return jo_err_set(err, -EPROTO,
				  "the other side's last line is not right, expected three counts");
	/* All that the sender saw, also what was left or foreign here. */
	report->left_count = left_count;
	report->foreign_count = foreign_count;
	report->is_cut = report->is_cut || is_cut;
	return 0;
}

int wire_receive(struct wire *wire, const struct wire_limits *limits, struct parcel *parcel,
		 const struct parcel_sink *sink, struct forward_summary *report, struct jo_err *err)
{
	struct wire_limits left = *limits;
	char line[WIRE_LINE_SIZE];
	int rc;

	report->doing = "waiting for the other side";
	rc = get_line(wire, line, err);
	if (rc == -EPIPE && wire->used == 0) {
		report->is_unanswered = true;
		return 0;
	}
	if (rc == 0 && strcmp(line, HEADER) != 0)
		rc = jo_err_set(err, -EPROTO,
				"the other side said '%.60s', expected '" HEADER
				"': is it sjobforward --send of this release?",
				line);
	while (rc == 0) {
		report->doing = "waiting for the other side";
		rc = get_line(wire, line, err);
		if (rc == 0 && strncmp(line, "end ", strlen("end ")) == 0)
			return receive_end(line, report, err);
		if (rc == 0)
			rc = receive_parcel(wire, line, &left, parcel, sink, report, err);
	}
	return rc;
}
