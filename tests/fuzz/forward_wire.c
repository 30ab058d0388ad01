/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the other side of sjobforward's connection says: to the one who receives,
 * nothing but parcels of records comes through; to the one who sends, an answer
 * that is not right leaves all records where they are.
 */
#include "forward/wire.h"
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct parcel parcel;

static int take(void *context, struct parcel *taken, struct forward_summary *report,
		struct jo_err *err)
{
	(void)context;
	(void)report;
	(void)err;
	fuzz_check(taken->count <= PARCEL_RECORDS && taken->used <= sizeof(taken->bytes));
	fuzz_check(parcel_is_node_name(taken->node));
	for (size_t i = 0; i < taken->count; i++) {
		fuzz_check(parcel_is_record_name(taken->items[i].name));
		fuzz_check(taken->items[i].len <= JO_RECORD_LINE_MAX);
		fuzz_check(taken->items[i].offset + taken->items[i].len <= taken->used);
		taken->items[i].fate = i % 2 == 0 ? PARCEL_CARRIED : PARCEL_FOREIGN;
	}
	return 0;
}

static void hear_records(struct wire *wire)
{
	static const struct wire_limits limits = {NULL, 100};
	const struct parcel_sink sink = {take, NULL};
	static struct forward_summary report;
	struct jo_err err = {0};

	memset(&report, 0, sizeof(report));
	if (wire_receive(wire, &limits, &parcel, &sink, &report, &err) == 0)
		fuzz_check(report.left_count >= 0 && report.foreign_count >= 0);
	else
		fuzz_check(err.code < 0 && err.text[0] != '\0');
	fuzz_check(report.carried_count <= 100);
}

static void hear_answer(struct wire *wire)
{
	static struct forward_summary report;
	struct jo_err err = {0};
	int rc;

	parcel.node = "n1";
	parcel.count = 3;
	parcel.used = 0;
	for (size_t i = 0; i < parcel.count; i++)
		parcel.items[i] = (struct parcel_item){.name = "1-end", .fate = PARCEL_LEFT};
	rc = wire_send_take(wire, &parcel, &report, &err);
	for (size_t i = 0; i < parcel.count; i++)
		fuzz_check(rc == 0 ? parcel.items[i].fate <= PARCEL_FOREIGN
				   : parcel.items[i].fate == PARCEL_LEFT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void (*const hear[])(struct wire *) = {hear_records, hear_answer};

	for (size_t i = 0; i < sizeof(hear) / sizeof(hear[0]); i++) {
		struct wire wire = {.in_fd = memfd_create("wire", MFD_CLOEXEC),
				    .out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC)};

		fuzz_check(wire.in_fd >= 0 && wire.out_fd >= 0);
		fuzz_check(pwrite(wire.in_fd, data, size, 0) == (ssize_t)size);
		hear[i](&wire);
		(void)close(wire.in_fd);
		(void)close(wire.out_fd);
	}
	return 0;
}
