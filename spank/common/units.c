/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and durations between text and numbers, without allocating. */
#include "joboutliers/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define US_PER_S INT64_C(1000000)

/* Nobody types 64 characters of a number; longer text is not worth reading. */
#define TEXT_MAX 64

static const char size_letters[] = "KMGTPE";

/* The number of bytes that a suffix stands for; false if it is none. */
static bool suffix_factor(const char *suffix, long double *ret_factor)
{
	const char *letter;
	size_t power;

	if (suffix[0] == '\0' || strcasecmp(suffix, "B") == 0) {
		*ret_factor = 1;
		return true;
	}
	letter = strchr(size_letters, toupper((unsigned char)suffix[0]));
	if (letter == NULL)
		return false;
	power = (size_t)(letter - size_letters) + 1;
	if (suffix[1] == '\0' || strcasecmp(suffix + 1, "iB") == 0)
		*ret_factor = powl(1024, power);
	else if (strcasecmp(suffix + 1, "B") == 0)
		*ret_factor = powl(1000, power);
	else
		return false;
	return true;
}

/*
 * A decimal number without sign at the start of text; *ret_end is behind it.
 * strtold alone would take "inf", "0x10" and leading space as well.
 */
static bool read_decimal(const char *text, long double *ret_value, const char **ret_end)
{
	long double value;
	char *end;

	if (!isdigit((unsigned char)text[0]) &&
	    !(text[0] == '.' && isdigit((unsigned char)text[1])))
		return false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return false;
	value = strtold(text, &end);
	*ret_value = value;
	*ret_end = end;
	return true;
}

int jo_bytes_parse(const char *text, int64_t *ret_bytes, struct jo_err *err)
{
	long double value, factor;
	const char *suffix;

	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX || !read_decimal(text, &value, &suffix) ||
	    !suffix_factor(suffix, &factor))
		return jo_err_set(err, -EINVAL,
				  "'%.40s' is not a size: expected a number and perhaps a unit, "
				  "such as 40G, 1.5e6 or 2.5TiB",
				  text);
	value = roundl(value * factor);
	if (!isfinite(value) || value > (long double)JO_BYTES_MAX)
		return jo_err_set(err, -ERANGE, "'%.40s' is too large: expected less than 8E",
				  text);
	*ret_bytes = (int64_t)value;
	return 0;
}

char *jo_bytes_format(int64_t bytes, char *buf, size_t size)
{
	double value = (double)bytes;
	size_t power = 0;

	/* 999.5 would read "1000": four digits. */
	for (; fabs(value) >= 999.5 && power < sizeof(size_letters) - 1; power++)
		value /= 1024;
	if (power == 0)
		(void)snprintf(buf, size, "%" PRId64 " B", bytes);
	else
		(void)snprintf(buf, size, "%.*f %ciB",
			       fabs(value) < 9.995   ? 2
			       : fabs(value) < 99.95 ? 1
						     : 0,
			       value, size_letters[power - 1]);
	return buf;
}

static const struct {
	const char *unit;
	int64_t seconds;
} duration_units[] = {
	{"s", 1}, {"sec", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400},
};

static bool duration_from_unit(const char *text, long double *ret_s)
{
	long double value;
	const char *unit;

	if (!read_decimal(text, &value, &unit))
		return false;
	unit += strspn(unit, " ");
	for (size_t i = 0; i < sizeof(duration_units) / sizeof(duration_units[0]); i++) {
		if (strcasecmp(unit, duration_units[i].unit) != 0)
			continue;
		*ret_s = value * duration_units[i].seconds;
		return true;
	}
	return false;
}

/* A whole number; *text is moved behind it. */
static bool read_count(const char **text, int64_t *ret_value)
{
	size_t digits = strspn(*text, "0123456789");

	if (digits == 0 || digits > 12)
		return false;
	*ret_value = strtoll(*text, NULL, 10);
	*text += digits;
	return true;
}

/* "[D-]a[:b[:c]]": what a, b and c are depends on how many there are, and on the days. */
static bool duration_from_slurm(const char *text, long double *ret_s)
{
	static const int factors[2][4][3] = {
		{{0}, {60}, {60, 1}, {3600, 60, 1}},
		{{0}, {3600}, {3600, 60}, {3600, 60, 1}},
	};
	int64_t days = 0, parts[3];
	bool has_days = strchr(text, '-') != NULL;
	size_t count = 0;

	if (has_days && (!read_count(&text, &days) || *text++ != '-'))
		return false;
	do {
		if (count == 3 || (count > 0 && *text++ != ':') ||
		    !read_count(&text, &parts[count++]))
			return false;
	} while (*text != '\0');

	*ret_s = (long double)days * 86400;
	for (size_t i = 0; i < count; i++)
		*ret_s += (long double)parts[i] * factors[has_days][count][i];
	return true;
}

int jo_duration_parse(const char *text, int64_t *ret_us, struct jo_err *err)
{
	long double seconds;

	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX ||
	    (!duration_from_slurm(text, &seconds) && !duration_from_unit(text, &seconds)))
		return jo_err_set(
			err, -EINVAL,
			"'%.40s' is not a duration: expected a form such as 90 (minutes), "
			"1:30:00, 2-12 (days-hours), 90s, 10min, 2h or 3d",
			text);
	seconds = roundl(seconds * US_PER_S);
	if (!isfinite(seconds) || seconds > (long double)INT64_MAX)
		return jo_err_set(err, -ERANGE, "'%.40s' is too long a duration", text);
	*ret_us = (int64_t)seconds;
	return 0;
}

char *jo_duration_format(int64_t us, char *buf, size_t size)
{
	const char *sign = us < 0 ? "-" : "";
	double seconds = fabs((double)us) / US_PER_S;
	int64_t minutes = llround(seconds / 60), hours = llround(seconds / 3600);

	if (seconds < 0.0995)
		(void)snprintf(buf, size, "%s%.0f ms", sign, seconds * 1000);
	else if (seconds < 59.95)
		(void)snprintf(buf, size, "%s%.1f s", sign, seconds);
	else if (minutes < 60)
		(void)snprintf(buf, size, "%s%" PRId64 " min", sign, minutes);
	else if (minutes < 24 * 60)
		(void)snprintf(buf, size, "%s%" PRId64 " h %02" PRId64 " min", sign, minutes / 60,
			       minutes % 60);
	else
		(void)snprintf(buf, size, "%s%" PRId64 " d %02" PRId64 " h", sign, hours / 24,
			       hours % 24);
	return buf;
}

char *jo_duration_format_slurm(int64_t us, char *buf, size_t size)
{
	int64_t seconds = us / US_PER_S + (us % US_PER_S > 0);
	int64_t days = seconds / 86400;

	if (days > 0)
		(void)snprintf(buf, size, "%" PRId64 "-%02d:%02d:%02d", days,
			       (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60),
			       (int)(seconds % 60));
	else
		(void)snprintf(buf, size, "%02d:%02d:%02d", (int)(seconds / 3600 % 24),
			       (int)(seconds / 60 % 60), (int)(seconds % 60));
	return buf;
}
