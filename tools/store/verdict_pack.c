/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of verdicts, written and read by one table of their real numbers. */
#include "verdict_pack.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "joboutliers/record.h"
#include "step/measure.h"

enum {
	PACK_WIDE = 1 << 4,
	PACK_SAME_GROUNDS = 1 << 5,
	PACK_HAS_LIKES = 1 << 6,
	PACK_HAS_REASON = 1 << 7,
	PACK_METRIC = 15,
};

enum {
	PACK_IS_COMPARED = 1 << 0,
	PACK_IS_SIZED = 1 << 1,
	PACK_HAS_REGIME = 1 << 2,
	PACK_HAS_ATTRS = 1 << 3,
	PACK_HAS_LENDERS = 1 << 4,
};

_Static_assert(METRIC_COUNT <= PACK_METRIC + 1 && VERDICT_COUNT <= 4 && VERDICT_LEVEL_COUNT <= 4 &&
		       MEASURE_COUNT <= 16,
	       "they fit into their bits");

/* Bit i of the third byte is of the real number i; those after the narrow ones are of wide verdicts
 * alone. */
static const size_t reals[] = {
	offsetof(struct step_verdict, expected), offsetof(struct step_verdict, low),
	offsetof(struct step_verdict, high),     offsetof(struct step_verdict, score),
	offsetof(struct step_verdict, p_value),  offsetof(struct step_verdict, value),
	offsetof(struct step_verdict, ratio),
};
#define REALS (sizeof(reals) / sizeof(reals[0]))
#define NARROW_REALS 5

static double *real_of(struct step_verdict *verdict, size_t i)
{
	return (double *)(void *)((char *)verdict + reals[i]);
}

/* ---- kinds ---- */

static const unsigned kind_of_verdict[VERDICT_COUNT] = {
	[VERDICT_NORMAL] = VERDICT_KIND_NORMAL,
	[VERDICT_HIGH] = VERDICT_KIND_HIGH,
	[VERDICT_LOW] = VERDICT_KIND_LOW,
	[VERDICT_UNJUDGED] = VERDICT_KIND_UNJUDGED,
};

/* A level that is none is that of most verdicts, and no kind of its own. */
static const unsigned kind_of_level[VERDICT_LEVEL_COUNT] = {
	[VERDICT_LEVEL_WATCH] = VERDICT_KIND_WATCH,
	[VERDICT_LEVEL_HIGH] = VERDICT_KIND_HIGH,
	[VERDICT_LEVEL_CERTAIN] = VERDICT_KIND_CERTAIN,
};

unsigned verdict_kinds(unsigned verdict_mask, enum verdict_level least_level)
{
	unsigned kinds = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		if ((verdict_mask & 1U << i) != 0)
			kinds |= kind_of_verdict[i];
	for (int i = (int)least_level; least_level != VERDICT_LEVEL_NONE && i < VERDICT_LEVEL_COUNT;
	     i++)
		kinds |= kind_of_level[i];
	return kinds;
}

/* ---- writing ---- */

static void put_byte(struct strbuf *bytes, unsigned value)
{
	strbuf_addc(bytes, (char)value);
}

static void put_number(struct strbuf *bytes, uint64_t value)
{
	for (; value >= 128; value >>= 7)
		put_byte(bytes, (unsigned)(value & 127) | 128);
	put_byte(bytes, (unsigned)value);
}

static void put_word(struct strbuf *bytes, uint64_t word, int size)
{
	for (int i = 0; i < size; i++)
		put_byte(bytes, (unsigned)(word >> (8 * i)) & 255);
}

/* A narrow real number is the upper three bytes of a float, the nearest of those. */
#define NARROW_SIZE 3
#define NARROW_SHIFT 8
#define NARROW_ROUND (UINT32_C(1) << (NARROW_SHIFT - 1))

static void put_real(struct strbuf *bytes, double value, bool is_wide)
{
	float narrow = (float)value;
	uint64_t word;
	uint32_t bits;

	memcpy(&word, &value, sizeof(word));
	memcpy(&bits, &narrow, sizeof(bits));
	if (isfinite(narrow))
		bits += NARROW_ROUND;
	if (is_wide)
		put_word(bytes, word, sizeof(word));
	else
		put_word(bytes, bits >> NARROW_SHIFT, NARROW_SIZE);
}

static int put_text(struct strbuf *bytes, struct verdict_texts *texts, const char *text,
		    struct jo_err *err)
{
	int64_t id;
	int rc = verdict_text_id(texts, text, &id, err);

	if (rc == 0)
		put_number(bytes, (uint64_t)id);
	return rc;
}

/* JO_MISSING, and a count that only damage can have made, are not known. */
static uint64_t count_of(int64_t count)
{
	return count >= 0 ? (uint64_t)count + 1 : 0;
}

static uint64_t number_of(int64_t count)
{
	return count > 0 ? (uint64_t)count : 0;
}

static bool has_grounds(const struct step_verdict *verdict)
{
	return verdict->group[0] != '\0';
}

static bool has_same_grounds(const struct step_verdict *a, const struct step_verdict *b)
{
	return a->history_count == b->history_count && a->censored_count == b->censored_count &&
	       a->borrowed_count == b->borrowed_count && strcmp(a->group, b->group) == 0 &&
	       a->is_sized == b->is_sized && a->night_count == b->night_count &&
	       a->apart_count == b->apart_count &&
	       a->regime_start_unix_us == b->regime_start_unix_us &&
	       (a->regime_start_unix_us == JO_MISSING || a->regime_ratio == b->regime_ratio) &&
	       strcmp(a->attrs_used, b->attrs_used) == 0 &&
	       strcmp(a->borrowed_from, b->borrowed_from) == 0;
}

static int put_grounds(struct strbuf *bytes, struct verdict_texts *texts,
		       const struct step_verdict *verdict, struct jo_err *err)
{
	bool has_regime = verdict->regime_start_unix_us != JO_MISSING;
	int rc = 0;

	put_byte(bytes, (has_grounds(verdict) ? PACK_IS_COMPARED : 0) |
				(verdict->is_sized ? PACK_IS_SIZED : 0) |
				(has_regime ? PACK_HAS_REGIME : 0) |
				(verdict->attrs_used[0] != '\0' ? PACK_HAS_ATTRS : 0) |
				(verdict->borrowed_from[0] != '\0' ? PACK_HAS_LENDERS : 0));
	put_number(bytes, count_of(verdict->history_count));
	put_number(bytes, count_of(verdict->censored_count));
	put_number(bytes, count_of(verdict->borrowed_count));
	if (has_grounds(verdict)) {
		rc = put_text(bytes, texts, verdict->group, err);
		put_number(bytes, number_of(verdict->night_count));
		put_number(bytes, number_of(verdict->apart_count));
	}
	if (has_regime) {
		put_word(bytes, (uint64_t)verdict->regime_start_unix_us, 8);
		put_real(bytes, verdict->regime_ratio, false);
	}
	if (rc == 0 && verdict->attrs_used[0] != '\0')
		rc = put_text(bytes, texts, verdict->attrs_used, err);
	if (rc == 0 && verdict->borrowed_from[0] != '\0')
		rc = put_text(bytes, texts, verdict->borrowed_from, err);
	return rc;
}

static bool is_notable(const struct step_verdict *verdict)
{
	return verdict->verdict == VERDICT_HIGH || verdict->verdict == VERDICT_LOW ||
	       verdict->level != VERDICT_LEVEL_NONE;
}

/* before is the verdict before it, or NULL. */
static int put_verdict(struct strbuf *bytes, struct verdict_texts *texts,
		       const struct step_verdict *verdict, const struct step_verdict *before,
		       struct jo_err *err)
{
	struct step_verdict copy = *verdict;
	bool is_wide = is_notable(verdict);
	bool is_same = before != NULL && has_same_grounds(verdict, before);
	size_t real_n = is_wide ? REALS : NARROW_REALS;
	unsigned present = 0;
	int rc = 0;

	for (size_t i = 0; i < real_n; i++)
		if (!isnan(*real_of(&copy, i)))
			present |= 1U << i;
	put_byte(bytes, (unsigned)verdict->metric | (is_wide ? PACK_WIDE : 0) |
				(is_same ? PACK_SAME_GROUNDS : 0) |
				(verdict->near_count >= 0 ? PACK_HAS_LIKES : 0) |
				(verdict->reason[0] != '\0' ? PACK_HAS_REASON : 0));
	put_byte(bytes, (unsigned)verdict->verdict | (unsigned)verdict->level << 2 |
				(unsigned)verdict->measure << 4);
	put_byte(bytes, present);
	if (verdict->reason[0] != '\0')
		rc = put_text(bytes, texts, verdict->reason, err);
	for (size_t i = 0; i < real_n; i++)
		if ((present & 1U << i) != 0)
			put_real(bytes, *real_of(&copy, i), is_wide);
	if (verdict->near_count >= 0) {
		put_number(bytes, (uint64_t)verdict->near_count);
		put_number(bytes, number_of(verdict->like_count));
	}
	return rc == 0 && !is_same ? put_grounds(bytes, texts, verdict, err) : rc;
}

int verdict_pack(struct verdict_texts *texts, const struct step_verdict *verdicts, size_t count,
		 struct strbuf *bytes, unsigned *ret_kinds, struct jo_err *err)
{
	unsigned kinds = 0;
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = put_verdict(bytes, texts, &verdicts[i], i > 0 ? &verdicts[i - 1] : NULL, err);
		kinds |= kind_of_verdict[verdicts[i].verdict] | kind_of_level[verdicts[i].level];
	}
	if (rc == 0)
		*ret_kinds = kinds;
	return rc;
}

/* ---- reading ---- */

/* What is left; is_bad once more was asked for than there is. */
struct reader {
	const unsigned char *at, *end;
	struct verdict_texts *texts;
	bool is_bad;
};

static unsigned get_byte(struct reader *reader)
{
	if (reader->at == reader->end) {
		reader->is_bad = true;
		return 0;
	}
	return *reader->at++;
}

/* A number of more than 63 bits is none of ours. */
static int64_t get_number(struct reader *reader)
{
	uint64_t value = 0;
	unsigned byte = 128;

	for (int shift = 0; (byte & 128) != 0 && !reader->is_bad; shift += 7) {
		byte = get_byte(reader);
		if (shift > 56)
			reader->is_bad = true;
		else
			value |= (uint64_t)(byte & 127) << shift;
	}
	return (int64_t)value;
}

/* Counts add up, as those of db_column_count do. */
#define COUNT_END (INT64_C(1) << 40)

static int64_t get_count(struct reader *reader)
{
	int64_t count = get_number(reader);

	if (count >= COUNT_END)
		reader->is_bad = true;
	return count;
}

static int64_t get_count_or_missing(struct reader *reader)
{
	int64_t count = get_count(reader);

	return count > 0 ? count - 1 : JO_MISSING;
}

static uint64_t get_word(struct reader *reader, int size)
{
	uint64_t word = 0;

	for (int i = 0; i < size; i++)
		word |= (uint64_t)get_byte(reader) << (8 * i);
	return word;
}

static double get_real(struct reader *reader, bool is_wide)
{
	uint64_t word = get_word(reader, is_wide ? (int)sizeof(word) : NARROW_SIZE);
	uint32_t bits = (uint32_t)word << NARROW_SHIFT;
	float narrow;
	double wide;

	memcpy(&narrow, &bits, sizeof(narrow));
	memcpy(&wide, &word, sizeof(wide));
	return is_wide ? wide : (double)narrow;
}

/* What stands for texts that name what is not the reader's. */
#define ITS_GROUP "its group"
#define LIKE_IT "groups like it"
#define ITS_ATTRS "what its group declares"

static int get_text(struct reader *reader, const char *placeholder, const char **ret_text,
		    struct jo_err *err)
{
	int64_t id = get_number(reader);

	return reader->is_bad ? 0 : verdict_text_get(reader->texts, id, placeholder, ret_text, err);
}

/* Two times that can be subtracted, as those of db_column_us. */
#define US_END (INT64_C(1) << 62)

static int get_grounds(struct reader *reader, struct step_verdict *verdict, struct jo_err *err)
{
	unsigned flags = get_byte(reader);
	int rc = 0;

	verdict->is_sized = (flags & PACK_IS_SIZED) != 0;
	verdict->history_count = get_count_or_missing(reader);
	verdict->censored_count = get_count_or_missing(reader);
	verdict->borrowed_count = get_count_or_missing(reader);
	if ((flags & PACK_IS_COMPARED) != 0) {
		rc = get_text(reader, ITS_GROUP, &verdict->group, err);
		verdict->night_count = get_count(reader);
		verdict->apart_count = get_count(reader);
	}
	if ((flags & PACK_HAS_REGIME) != 0) {
		verdict->regime_start_unix_us = (int64_t)get_word(reader, 8);
		verdict->regime_ratio = get_real(reader, false);
		reader->is_bad |= verdict->regime_start_unix_us <= -US_END ||
				  verdict->regime_start_unix_us >= US_END;
	}
	if (rc == 0 && (flags & PACK_HAS_ATTRS) != 0)
		rc = get_text(reader, ITS_ATTRS, &verdict->attrs_used, err);
	if (rc == 0 && (flags & PACK_HAS_LENDERS) != 0)
		rc = get_text(reader, LIKE_IT, &verdict->borrowed_from, err);
	return rc;
}

static void take_grounds(const struct step_verdict *from, struct step_verdict *to)
{
	to->is_sized = from->is_sized;
	to->history_count = from->history_count;
	to->censored_count = from->censored_count;
	to->borrowed_count = from->borrowed_count;
	to->group = from->group;
	to->night_count = from->night_count;
	to->apart_count = from->apart_count;
	to->regime_start_unix_us = from->regime_start_unix_us;
	to->regime_ratio = from->regime_ratio;
	to->attrs_used = from->attrs_used;
	to->borrowed_from = from->borrowed_from;
}

/* before is the verdict before it, or NULL. */
static int get_verdict(struct reader *reader, const struct step_verdict *before,
		       struct step_verdict *ret_verdict, struct jo_err *err)
{
	struct step_verdict verdict = {
		.reason = "",
		.near_count = JO_MISSING,
		.like_count = JO_MISSING,
		.group = "",
		.regime_start_unix_us = JO_MISSING,
		.regime_ratio = NAN,
		.attrs_used = "",
		.borrowed_from = "",
	};
	unsigned flags = get_byte(reader), words = get_byte(reader), present = get_byte(reader);
	int rc = 0;

	verdict.metric = (enum metric)(flags & PACK_METRIC);
	verdict.verdict = (enum verdict)(words & 3);
	verdict.level = (enum verdict_level)(words >> 2 & 3);
	verdict.measure = (enum measure)(words >> 4);
	reader->is_bad |= verdict.metric >= METRIC_COUNT || verdict.measure >= MEASURE_COUNT ||
			  (before != NULL && verdict.metric <= before->metric);
	if ((flags & PACK_HAS_REASON) != 0)
		rc = get_text(reader, "", &verdict.reason, err);
	for (size_t i = 0; i < REALS; i++)
		*real_of(&verdict, i) =
			(present & 1U << i) != 0 ? get_real(reader, (flags & PACK_WIDE) != 0) : NAN;
	if ((flags & PACK_HAS_LIKES) != 0) {
		verdict.near_count = get_count(reader);
		verdict.like_count = get_count(reader);
	}
	if ((flags & PACK_SAME_GROUNDS) == 0)
		rc = rc < 0 ? rc : get_grounds(reader, &verdict, err);
	else if (before != NULL)
		take_grounds(before, &verdict);
	else
		reader->is_bad = true;
	*ret_verdict = verdict;
	return rc;
}

int verdict_unpack(struct verdict_texts *texts, const void *data, size_t size,
		   struct step_verdict ret_verdicts[METRIC_COUNT], struct jo_err *err)
{
	struct reader reader = {
		.at = data, .end = (const unsigned char *)data + size, .texts = texts};
	int count = 0, rc = 0;

	while (rc == 0 && !reader.is_bad && reader.at < reader.end) {
		reader.is_bad = count == METRIC_COUNT;
		if (!reader.is_bad)
			rc = get_verdict(&reader, count > 0 ? &ret_verdicts[count - 1] : NULL,
					 &ret_verdicts[count], err);
		count++;
	}
	if (rc < 0)
		return rc;
	return reader.is_bad ? jo_err_set(err, -EBADMSG, "a step's verdicts are damaged") : count;
}

void verdict_complete(struct step_verdict *verdict, const struct step *step)
{
	if (!isnan(verdict->value))
		return;
	verdict->value = figure_of(step, verdict->measure).amount;
	verdict->ratio = verdict->value / verdict->expected;
}
