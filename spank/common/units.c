/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes and durations between text and numbers.  Reading is done in
 * integers: strtold() follows the locale, and a size must come out the same
 * everywhere; it also keeps libm out of the plugin.
 */
#include "joboutliers/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

__extension__ typedef unsigned __int128 u128;

/*
 * Digits kept of a number.  20 of them times the largest multiplier (2^60) stay
 * below 2^127; more digits than that could not move a 63-bit result anyway.
 */
#define DIGITS_KEPT 20

/* Beyond this an exponent means 0 or too much whatever the digits were. */
#define EXPONENT_MAX 10000

/* Foreign text is quoted up to this length in an error. */
#define QUOTE_MAX 40

/* mantissa * 10^exponent */
struct decimal {
	u128 mantissa;
	int exponent;
};

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit byte_units[] = {
	{"", 1},
	{"B", 1},
	{"K", INT64_C(1) << 10},
	{"KiB", INT64_C(1) << 10},
	{"KB", INT64_C(1000)},
	{"M", INT64_C(1) << 20},
	{"MiB", INT64_C(1) << 20},
	{"MB", INT64_C(1000000)},
	{"G", INT64_C(1) << 30},
	{"GiB", INT64_C(1) << 30},
	{"GB", INT64_C(1000000000)},
	{"T", INT64_C(1) << 40},
	{"TiB", INT64_C(1) << 40},
	{"TB", INT64_C(1000000000000)},
	{"P", INT64_C(1) << 50},
	{"PiB", INT64_C(1) << 50},
	{"PB", INT64_C(1000000000000000)},
	{"E", INT64_C(1) << 60},
	{"EiB", INT64_C(1) << 60},
	{"EB", INT64_C(1000000000000000000)},
	{NULL, 0},
};

static const struct unit duration_units[] = {
	{"", JO_US_PER_MIN},    {"s", JO_US_PER_S},    {"sec", JO_US_PER_S}, {"m", JO_US_PER_MIN},
	{"min", JO_US_PER_MIN}, {"h", JO_US_PER_HOUR}, {"d", JO_US_PER_DAY}, {NULL, 0},
};

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (const struct unit *unit = units; unit->name != NULL; unit++)
		if (strcasecmp(unit->name, name) == 0)
			return unit;
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads "12.5e-3" without sign at *text and moves *text behind it; false when no number is there.
 */
static bool scan_decimal(const char **text, struct decimal *ret_number)
{
	struct decimal number = {0, 0};
	const char *c = *text;
	int kept = 0, digits = 0, exponent = 0;
	bool is_fraction = false;

	for (;; c++) {
		if (*c == '.' && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (!is_digit(*c))
			break;
		digits++;
		if (kept < DIGITS_KEPT) {
			number.mantissa = number.mantissa * 10 + (unsigned int)(*c - '0');
			if (number.mantissa != 0)
				kept++;
			if (is_fraction)
				number.exponent--;
		} else if (!is_fraction) {
			number.exponent++;
		}
		if (digits > EXPONENT_MAX)
			return false;
	}
	if (digits == 0)
		return false;

	/* "5e3" is an exponent, "5E" and "5EB" are units. */
	if (*c == 'e' || *c == 'E') {
		const char *e = c + 1;
		bool is_negative = *e == '-';

		if (*e == '-' || *e == '+')
			e++;
		if (is_digit(*e)) {
			for (; is_digit(*e); e++)
				if (exponent < EXPONENT_MAX)
					exponent = exponent * 10 + (*e - '0');
			number.exponent += is_negative ? -exponent : exponent;
			c = e;
		}
	}
	*text = c;
	*ret_number = number;
	return true;
}

/* number * factor, rounded to the nearest; false when it does not fit. */
static bool scale(struct decimal number, int64_t factor, int64_t *ret_value)
{
	u128 value = number.mantissa * (u128)factor;
	u128 divisor = 1;

	for (; number.exponent > 0 && value != 0; number.exponent--) {
		if (value > (u128)INT64_MAX)
			return false;
		value *= 10;
	}
	for (; number.exponent < 0 && divisor <= value; number.exponent++)
		divisor *= 10;
	/* Stopped early: ten times the divisor is more than twice the value, which is then 0. */
	value = number.exponent < 0 ? 0 : (value + divisor / 2) / divisor;
	if (value > (u128)INT64_MAX)
		return false;
	*ret_value = (int64_t)value;
	return true;
}

/* A number and a unit, with at most one space between; 0, -EINVAL or -ERANGE. */
static int parse_quantity(const char *text, const struct unit *units, int64_t *ret_value)
{
	const struct unit *unit;
	struct decimal number;

	if (!scan_decimal(&text, &number))
		return -EINVAL;
	if (*text == ' ' && text[1] != '\0')
		text++;
	unit = find_unit(units, text);
	if (unit == NULL)
		return -EINVAL;
	return scale(number, unit->factor, ret_value) ? 0 : -ERANGE;
}

int jo_bytes_parse(const char *text, int64_t *ret_bytes, struct jo_err *err)
{
	int rc = parse_quantity(text, byte_units, ret_bytes);

	if (rc == 0)
		return 0;
	if (*text == '\0')
		return jo_err_set(err, rc, "empty size: expected a size such as 40G or 1.5TB");
	if (*text == '-')
		return jo_err_set(err, rc, "negative size '%.*s': expected a size such as 40G",
				  QUOTE_MAX, text);
	if (rc == -ERANGE)
		return jo_err_set(err, rc, "size '%.*s' is too large: at most 8E less one byte",
				  QUOTE_MAX, text);
	return jo_err_set(err, rc,
			  "'%.*s' is no size: expected a number with K, M, G, T, P or E (powers of "
			  "1024) or KB, MB, GB ... (powers of 1000), such as 40G",
			  QUOTE_MAX, text);
}

char *jo_bytes_format(int64_t bytes, char *buf, size_t size)
{
	static const char letters[] = "KMGTPE";
	const char *sign = bytes < 0 ? "-" : "";
	double value = bytes < 0 ? -(double)bytes : (double)bytes;
	size_t power = 0;

	/* 999.5 would read "1000": four digits. */
	for (; value >= 999.5 && power < sizeof(letters) - 1; power++)
		value /= 1024;
	if (power == 0)
		(void)snprintf(buf, size, "%s%.0f B", sign, value);
	else
		(void)snprintf(buf, size, "%s%.*f %ciB", sign,
			       value < 9.995 ? 2 : (value < 99.95 ? 1 : 0), value,
			       letters[power - 1]);
	return buf;
}

/* Digits of one part of Slurm's form; false when there are none or too many. */
static bool scan_part(const char **text, int64_t *ret_value)
{
	const char *c = *text;
	int64_t value = 0;

	if (!is_digit(*c))
		return false;
	for (; is_digit(*c); c++) {
		if (value > INT32_MAX)
			return false;
		value = value * 10 + (*c - '0');
	}
	*text = c;
	*ret_value = value;
	return true;
}

/* "minutes:seconds" to "days-hours:minutes:seconds"; a plain number is parse_quantity's. */
static int parse_slurm_duration(const char *text, int64_t *ret_us)
{
	/* What the parts mean, by their count and whether days come first. */
	static const int64_t factors[2][3][3] = {
		{{JO_US_PER_MIN},
		 {JO_US_PER_MIN, JO_US_PER_S},
		 {JO_US_PER_HOUR, JO_US_PER_MIN, JO_US_PER_S}},
		{{JO_US_PER_HOUR},
		 {JO_US_PER_HOUR, JO_US_PER_MIN},
		 {JO_US_PER_HOUR, JO_US_PER_MIN, JO_US_PER_S}},
	};
	int64_t part[3], days = 0;
	int count = 0;
	bool has_days = false;
	u128 us;

	if (strchr(text, '-') != NULL) {
		if (!scan_part(&text, &days) || *text++ != '-')
			return -EINVAL;
		has_days = true;
	}
	do {
		if (count == 3 || !scan_part(&text, &part[count++]))
			return -EINVAL;
	} while (*text == ':' && *text++ != '\0');
	if (*text != '\0')
		return -EINVAL;

	us = (u128)days * JO_US_PER_DAY;
	for (int i = 0; i < count; i++)
		us += (u128)part[i] * (u128)factors[has_days][count - 1][i];
	if (us > (u128)INT64_MAX)
		return -ERANGE;
	*ret_us = (int64_t)us;
	return 0;
}

int jo_duration_parse(const char *text, int64_t *ret_us, struct jo_err *err)
{
	int rc;

	/* A leading '-' is a sign, not the dash after days. */
	if (*text != '-' && strpbrk(text, ":-") != NULL && strpbrk(text, "eE.") == NULL)
		rc = parse_slurm_duration(text, ret_us);
	else
		rc = parse_quantity(text, duration_units, ret_us);
	if (rc == 0)
		return 0;
	return jo_err_set(err, rc,
			  "'%.*s' is %s: expected one such as 90, 1:30:00, 2-12, 45s or 3h",
			  QUOTE_MAX, text, rc == -ERANGE ? "too long a duration" : "no duration");
}

char *jo_duration_format(int64_t us, char *buf, size_t size)
{
	const char *sign = us < 0 ? "-" : "";
	uint64_t length_us = us < 0 ? -(uint64_t)us : (uint64_t)us;
	double seconds = (double)length_us / JO_US_PER_S;
	uint64_t whole_seconds = (length_us + JO_US_PER_S / 2) / JO_US_PER_S;
	uint64_t minutes = (length_us + JO_US_PER_MIN / 2) / JO_US_PER_MIN;
	uint64_t hours = (length_us + JO_US_PER_HOUR / 2) / JO_US_PER_HOUR;

	if (seconds < 0.0995)
		(void)snprintf(buf, size, "%s%.0f ms", sign, seconds * 1000);
	else if (seconds < 59.95)
		(void)snprintf(buf, size, "%s%.1f s", sign, seconds);
	else if (whole_seconds < 600 && whole_seconds % 60 != 0)
		(void)snprintf(buf, size, "%s%" PRIu64 " min %02" PRIu64 " s", sign,
			       whole_seconds / 60, whole_seconds % 60);
	else if (minutes < 60)
		(void)snprintf(buf, size, "%s%" PRIu64 " min", sign, minutes);
	else if (minutes < 24 * 60)
		(void)snprintf(buf, size, "%s%" PRIu64 " h %02" PRIu64 " min", sign, minutes / 60,
			       minutes % 60);
	else
		(void)snprintf(buf, size, "%s%" PRIu64 " d %02" PRIu64 " h", sign, hours / 24,
			       hours % 24);
	return buf;
}

char *jo_duration_format_slurm(int64_t us, char *buf, size_t size)
{
	int64_t seconds = us / JO_US_PER_S + (us % JO_US_PER_S > 0);
	int64_t days = seconds / 86400;
	int hours = (int)(seconds / 3600 % 24), minutes = (int)(seconds / 60 % 60);

	if (days > 0)
		(void)snprintf(buf, size, "%" PRId64 "-%02d:%02d:%02d", days, hours, minutes,
			       (int)(seconds % 60));
	else
		(void)snprintf(buf, size, "%02d:%02d:%02d", hours, minutes, (int)(seconds % 60));
	return buf;
}

char *jo_ratio_format(double ratio, char *buf, size_t size)
{
	(void)snprintf(buf, size, ratio < 9.95 ? "%.1f" : "%.0f", ratio);
	return buf;
}
