/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of a listing; how one reads is decided here and nowhere else. */
#include "util/cell.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "joboutliers/utf8.h"
#include "util/out.h"
#include "util/when.h"

void cell_init(struct out_cell *cell)
{
	strbuf_init(&cell->text);
	cell_reset(cell);
}

void cell_release(struct out_cell *cell)
{
	strbuf_release(&cell->text);
}

void cell_reset(struct out_cell *cell)
{
	cell->type = CELL_MISSING;
	cell->people[0] = '\0';
	strbuf_reset(&cell->text);
}

void out_text(struct out_cell *cell, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	cell->type = CELL_TEXT;
	strbuf_adds(&cell->text, text);
}

void out_for_people(struct out_cell *cell, const char *people)
{
	(void)snprintf(cell->people, sizeof(cell->people), "%.63s", people);
}

void out_int(struct out_cell *cell, int64_t value)
{
	if (value == JO_MISSING)
		return;
	cell->type = CELL_INT;
	cell->integer = value;
}

/* Nothing real is known to more than 9 digits; more of them would only be noise. */
void out_real(struct out_cell *cell, double value)
{
	char digits[32];

	if (!isfinite(value))
		return;
	(void)snprintf(digits, sizeof(digits), "%.9g", value);
	cell->type = CELL_REAL;
	cell->real = strtod(digits, NULL);
	(void)snprintf(cell->people, sizeof(cell->people), "%.4g", value);
}

void out_bytes(struct out_cell *cell, int64_t bytes)
{
	out_int(cell, bytes);
	if (cell->type == CELL_INT)
		(void)jo_bytes_format(bytes, cell->people, sizeof(cell->people));
}

void out_duration(struct out_cell *cell, int64_t us)
{
	if (us == JO_MISSING)
		return;
	cell->type = CELL_REAL;
	cell->real = (double)us / 1e6;
	(void)jo_duration_format(us, cell->people, sizeof(cell->people));
}

/* People see minutes: a listing has little room, and seconds tell them nothing. */
void out_time(struct out_cell *cell, int64_t unix_us)
{
	char text[WHEN_TEXT_SIZE];

	if (unix_us == JO_MISSING)
		return;
	out_text(cell, when_format(unix_us, text));
	text[sizeof("2026-01-02T03:04") - 1] = '\0';
	out_for_people(cell, text);
}

void out_ratio(struct out_cell *cell, double ratio)
{
	char text[24];

	out_real(cell, ratio);
	if (cell->type == CELL_REAL)
		(void)snprintf(cell->people, sizeof(cell->people), "%sx",
			       jo_ratio_format(ratio, text, sizeof(text)));
}

#define GET(name, put, type)                                                                       \
	void name(const void *row, const struct out_column *column, struct out_cell *cell)         \
	{                                                                                          \
		put(cell, *(type const *)((const char *)row + column->offset));                    \
	}

GET(out_get_text, out_text, char *)
GET(out_get_int, out_int, int64_t)
GET(out_get_real, out_real, double)
GET(out_get_bytes, out_bytes, int64_t)
GET(out_get_duration, out_duration, int64_t)
GET(out_get_time, out_time, int64_t)

/* A terminal's or a field separator's characters are not for data to use. */
static void clean(char *text, char separator)
{
	jo_utf8_mask(text);
	while (separator != '\0' && (text = strchr(text, separator)) != NULL)
		*text = '?';
}

static void put_number(struct out_cell *cell)
{
	if (cell->type == CELL_INT)
		strbuf_addf(&cell->text, "%" PRId64, cell->integer);
	else if (cell->type == CELL_REAL)
		strbuf_addf(&cell->text, "%.15g", cell->real);
}

const char *cell_to_people(struct out_cell *cell)
{
	if (cell->people[0] != '\0') {
		strbuf_reset(&cell->text);
		strbuf_adds(&cell->text, cell->people);
	} else {
		put_number(cell);
	}
	clean(cell->text.text, '\0');
	return cell->text.text;
}

const char *cell_to_field(struct out_cell *cell, char separator)
{
	put_number(cell);
	clean(cell->text.text, separator);
	return cell->text.text;
}

static double number_of(const struct out_cell *cell)
{
	return cell->type == CELL_INT ? (double)cell->integer : cell->real;
}

int cell_compare(const struct out_cell *a, const struct out_cell *b, bool is_descending)
{
	int order;

	if (a->type == CELL_MISSING || b->type == CELL_MISSING)
		return (a->type == CELL_MISSING) - (b->type == CELL_MISSING);
	if (a->type == CELL_TEXT && b->type == CELL_TEXT)
		order = strcmp(a->text.text, b->text.text);
	else
		order = (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
	return is_descending ? -order : order;
}

json_t *cell_to_json(const struct out_cell *cell)
{
	json_t *value = NULL;

	switch (cell->type) {
	case CELL_MISSING:
		break;
	case CELL_TEXT:
		value = json_string(cell->text.text);
		break;
	case CELL_INT:
		value = json_integer(cell->integer);
		break;
	case CELL_REAL:
		value = json_real(cell->real);
		break;
	}
	return value != NULL ? value : json_null(); /* text that is no UTF-8 is not known either */
}
