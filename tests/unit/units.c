/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and durations: what is refused first, then what every accepted form means. */
#include "joboutliers/units.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

#define UNTOUCHED INT64_C(-77)

struct row {
	const char *text;
	int rc;
	int64_t value;
	const char *in_error;
};

static const struct row sizes[] = {
	{"", -EINVAL, 0, "empty"},
	{" ", -EINVAL, 0, "' '"},
	{"-1", -EINVAL, 0, "negative"},
	{"-0", -EINVAL, 0, "negative"},
	{"+5", -EINVAL, 0, "40G"},
	{"10Q", -EINVAL, 0, "'10Q'"},
	{"G", -EINVAL, 0, "'G'"},
	{".", -EINVAL, 0, NULL},
	{"1.2.3", -EINVAL, 0, NULL},
	{"1,5G", -EINVAL, 0, NULL},
	{"0x10", -EINVAL, 0, NULL},
	{"nan", -EINVAL, 0, NULL},
	{"inf", -EINVAL, 0, NULL},
	{"infinity", -EINVAL, 0, NULL},
	{"40 G B", -EINVAL, 0, NULL},
	{"40  G", -EINVAL, 0, NULL},
	{"40G ", -EINVAL, 0, NULL},
	{"40 ", -EINVAL, 0, NULL},
	{" 40", -EINVAL, 0, NULL},
	{"40iB", -EINVAL, 0, NULL},
	{"40Gi", -EINVAL, 0, NULL},
	{"1e", 0, INT64_C(1) << 60, NULL}, /* the suffix; an exponent has digits */
	{"1e+", -EINVAL, 0, NULL},
	{"40G\n", -EINVAL, 0, "40G?"},
	{"\033[31m", -EINVAL, 0, "?[31m"},
	{"4\302\240G", -EINVAL, 0, NULL},
	{"1e400", -ERANGE, 0, "1e400"},
	{"1e99999999999999999999", -ERANGE, 0, NULL},
	{"25165824T", -ERANGE, 0, "too large"},
	{"18446744073709551616", -ERANGE, 0, NULL},
	{"9223372036854775808", -ERANGE, 0, NULL},
	{"9223372036854775807.5", -ERANGE, 0, NULL},
	{"8E", -ERANGE, 0, NULL},
	{"8388608T", -ERANGE, 0, NULL},
	{"0", 0, 0, NULL},
	{"0.0e5", 0, 0, NULL},
	{"0e999999999999", 0, 0, NULL},
	{"1e-999999999999", 0, 0, NULL},
	{"0.4", 0, 0, NULL},
	{"0.5", 0, 1, NULL},
	{"1.5", 0, 2, NULL},
	{"40", 0, 40, NULL},
	{"40b", 0, 40, NULL},
	{"1k", 0, 1024, NULL},
	{"1KiB", 0, 1024, NULL},
	{"1kb", 0, 1000, NULL},
	{"1M", 0, 1048576, NULL},
	{"1MB", 0, 1000000, NULL},
	{"40G", 0, INT64_C(42949672960), NULL},
	{"40 GiB", 0, INT64_C(42949672960), NULL},
	{"40GB", 0, INT64_C(40000000000), NULL},
	{".5G", 0, INT64_C(536870912), NULL},
	{"5.G", 0, INT64_C(5368709120), NULL},
	{"1.5e6", 0, 1500000, NULL},
	{"1.5E+6", 0, 1500000, NULL},
	{"15e-1K", 0, 1536, NULL},
	{"2.5TiB", 0, INT64_C(2748779069440), NULL},
	{"1E", 0, INT64_C(1) << 60, NULL},
	{"1EB", 0, INT64_C(1000000000000000000), NULL},
	{"1P", 0, INT64_C(1) << 50, NULL},
	{"0000000000000000000000000000000000000000040", 0, 40, NULL},
	{"0.000000000000000000000001e24", 0, 1, NULL},
	{"1.00000000000000000000000000000000000000001", 0, 1, NULL},
	{"9223372036854775807", 0, INT64_MAX, NULL},
	{"9007199254740993", 0, INT64_C(9007199254740993), NULL}, /* no double holds it */
	{"7.999999999999999999E", 0, INT64_C(9223372036854775807), NULL},
};

static const struct row durations[] = {
	{"", -EINVAL, 0, NULL},
	{"-5", -EINVAL, 0, NULL},
	{"5x", -EINVAL, 0, "'5x'"},
	{"1:2:3:4", -EINVAL, 0, NULL},
	{"1:", -EINVAL, 0, NULL},
	{":1", -EINVAL, 0, NULL},
	{"1-", -EINVAL, 0, NULL},
	{"1-2-3", -EINVAL, 0, NULL},
	{"1:2-3", -EINVAL, 0, NULL},
	{"1:30s", -EINVAL, 0, NULL},
	{"1e300d", -ERANGE, 0, NULL},
	{"99999999999-0", -EINVAL, 0, NULL},
	{"2000000000-0", -ERANGE, 0, NULL},
	{"90", 0, INT64_C(90) * 60 * 1000000, NULL},
	{"1.5", 0, INT64_C(90) * 1000000, NULL},
	{"2:30", 0, INT64_C(150) * 1000000, NULL},
	{"1:30:00", 0, INT64_C(5400) * 1000000, NULL},
	{"2-12", 0, INT64_C(60) * 3600 * 1000000, NULL},
	{"2-12:30", 0, INT64_C(217800) * 1000000, NULL},
	{"1-02:03:04", 0, INT64_C(93784) * 1000000, NULL},
	{"45s", 0, INT64_C(45) * 1000000, NULL},
	{"0.25s", 0, 250000, NULL},
	{"1e-3s", 0, 1000, NULL},
	{"10min", 0, INT64_C(600) * 1000000, NULL},
	{"10 min", 0, INT64_C(600) * 1000000, NULL},
	{"3h", 0, INT64_C(10800) * 1000000, NULL},
	{"3d", 0, INT64_C(259200) * 1000000, NULL},
};

static void check_rows(const char *what, const struct row *rows, size_t count,
		       int (*parse)(const char *, int64_t *, struct jo_err *))
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		int64_t value = UNTOUCHED;
		struct jo_err err = {0};
		int rc = parse(row->text, &value, &err);

		if (rc != row->rc || value != (row->rc == 0 ? row->value : UNTOUCHED))
			ok(0, "%s %zu: rc %d, value %" PRId64, what, i, rc, value);
		else
			ok(1, "%s %zu is %s", what, i, rc == 0 ? "read" : "refused");
		if (row->in_error != NULL && strstr(err.text, row->in_error) == NULL) {
			ok(0, "%s %zu: its error names what was wrong", what, i);
			printf("# %s\n", err.text);
		}
	}
}

static const struct {
	int64_t value;
	const char *text;
} byte_texts[] = {
	{0, "0 B"},
	{999, "999 B"},
	{1000, "0.98 KiB"},
	{1024, "1.00 KiB"},
	{1536, "1.50 KiB"},
	{INT64_C(42949672960), "40.0 GiB"},
	{INT64_C(1073741824) * 999, "999 GiB"},
	{INT64_C(1073741824) * 1023, "1.00 TiB"},
	{INT64_MAX, "8.00 EiB"},
	{-2048, "-2.00 KiB"},
	{INT64_MIN, "-8.00 EiB"},
};

static const struct {
	int64_t value;
	const char *people, *slurm;
} duration_texts[] = {
	{0, "0 ms", "00:00:00"},
	{1500, "2 ms", "00:00:01"},
	{12300000, "12.3 s", "00:00:13"},
	{INT64_C(59970000), "1 min", "00:01:00"},
	{INT64_C(79400000), "1 min 19 s", "00:01:20"},
	{INT64_C(300200000), "5 min", "00:05:01"},
	{INT64_C(599600000), "10 min", "00:10:00"},
	{INT64_C(629000000), "10 min", "00:10:29"},
	{INT64_C(2460000000), "41 min", "00:41:00"},
	{INT64_C(7560000000), "2 h 06 min", "02:06:00"},
	{INT64_C(273600000000), "3 d 04 h", "3-04:00:00"},
	{INT64_C(86400000001), "1 d 00 h", "1-00:00:01"},
};

int main(void)
{
	char long_text[4097], buf[32];
	struct jo_err err;
	int64_t value = UNTOUCHED;

	check_rows("size", sizes, sizeof(sizes) / sizeof(sizes[0]), jo_bytes_parse);
	check_rows("duration", durations, sizeof(durations) / sizeof(durations[0]),
		   jo_duration_parse);

	memset(long_text, '9', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	is_int(jo_bytes_parse(long_text, &value, &err), -ERANGE, "4 kB of digits are too large");
	ok(strlen(err.text) < 120, "and are not quoted in full");
	memset(long_text, 'x', sizeof(long_text) - 1);
	is_int(jo_bytes_parse(long_text, &value, NULL), -EINVAL, "4 kB of text are no size");
	memset(long_text, '0', sizeof(long_text) - 1);
	is_int(jo_bytes_parse(long_text, &value, NULL), 0, "4 kB of zeros are zero");
	is_int(value, 0, "as written");

	for (size_t i = 0; i < sizeof(byte_texts) / sizeof(byte_texts[0]); i++)
		is_str(jo_bytes_format(byte_texts[i].value, buf, 16), byte_texts[i].text,
		       "bytes in three digits");
	for (size_t i = 0; i < sizeof(duration_texts) / sizeof(duration_texts[0]); i++) {
		is_str(jo_duration_format(duration_texts[i].value, buf, 24),
		       duration_texts[i].people, "a duration for people");
		is_str(jo_duration_format_slurm(duration_texts[i].value, buf, 24),
		       duration_texts[i].slurm, "a duration for Slurm");
	}
	ok(strlen(jo_duration_format(INT64_MAX, buf, 24)) < 24, "the longest duration fits");
	ok(strlen(jo_duration_format_slurm(INT64_MAX, buf, 24)) < 24, "also for Slurm");
	return tap_done();
}
