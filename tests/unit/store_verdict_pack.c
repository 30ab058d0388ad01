/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts come back from their bytes as they were; bytes that are none of ours are refused. */
#include "store_fixture.h"

#include "store/open_store.h"
#include "store/verdict_pack.h"
#include "step/measure.h"

#include <errno.h>

#define DIGITS 1e-5 /* to which a verdict is kept that nobody is told of */

static struct step_verdict verdict_of(enum metric metric, enum verdict verdict)
{
	return (struct step_verdict){
		.metric = metric,
		.measure = measure_default(metric),
		.verdict = verdict,
		.reason = "",
		.value = 123456789,
		.expected = 1.2e8 + 1.0 / 3,
		.low = 9.876543210e7,
		.high = 1.5e8,
		.ratio = 123456789 / (1.2e8 + 1.0 / 3),
		.score = -0.123456,
		.p_value = 0.0123456789,
		.near_count = JO_MISSING,
		.like_count = JO_MISSING,
		.group = "class align, partition main",
		.is_sized = true,
		.night_count = 3,
		.apart_count = 0,
		.history_count = 500,
		.censored_count = 0,
		.regime_start_unix_us = JO_MISSING,
		.regime_ratio = NAN,
		.borrowed_count = 0,
		.borrowed_from = "",
		.attrs_used = "",
	};
}

static void are_same(const struct step_verdict *got, const struct step_verdict *want, double digits,
		     const char *what)
{
	is_int(got->metric, want->metric, "%s: metric", what);
	is_int(got->measure, want->measure, "%s: measure", what);
	is_int(got->verdict, want->verdict, "%s: verdict", what);
	is_int(got->level, want->level, "%s: level", what);
	is_str(got->reason, want->reason, "%s: reason", what);
	is_near(got->value, want->value, 0, "%s: value", what);
	is_near(got->expected, want->expected, digits, "%s: expected", what);
	is_near(got->low, want->low, digits, "%s: low", what);
	is_near(got->high, want->high, digits, "%s: high", what);
	is_near(got->ratio, want->ratio, digits, "%s: ratio", what);
	is_near(got->score, want->score, digits, "%s: score", what);
	is_near(got->p_value, want->p_value, digits, "%s: p_value", what);
	is_int(got->near_count, want->near_count, "%s: near_count", what);
	is_int(got->like_count, want->like_count, "%s: like_count", what);
	is_str(got->group, want->group, "%s: group", what);
	is_int(got->is_sized, want->is_sized, "%s: is_sized", what);
	is_int(got->night_count, want->night_count, "%s: night_count", what);
	is_int(got->apart_count, want->apart_count, "%s: apart_count", what);
	is_int(got->history_count, want->history_count, "%s: history_count", what);
	is_int(got->censored_count, want->censored_count, "%s: censored_count", what);
	is_int(got->regime_start_unix_us, want->regime_start_unix_us, "%s: regime", what);
	is_near(got->regime_ratio, want->regime_ratio, DIGITS, "%s: regime_ratio", what);
	is_int(got->borrowed_count, want->borrowed_count, "%s: borrowed_count", what);
	is_str(got->borrowed_from, want->borrowed_from, "%s: borrowed_from", what);
	is_str(got->attrs_used, want->attrs_used, "%s: attrs_used", what);
}

/* Whatever a step may have of them. */
static void round_trips(struct verdict_texts *texts)
{
	struct step_verdict all[METRIC_COUNT], found[METRIC_COUNT];
	struct step step = {
		.wall_us = 123456789, .mem_peak_bytes = 123456789, .cpu_us = JO_MISSING};
	struct strbuf bytes;
	unsigned kinds;

	for (int m = 0; m < METRIC_COUNT; m++)
		all[m] = verdict_of((enum metric)m, VERDICT_NORMAL);
	all[METRIC_MEMORY].verdict = VERDICT_HIGH;
	all[METRIC_MEMORY].level = VERDICT_LEVEL_CERTAIN;
	all[METRIC_MEMORY].near_count = 30;
	all[METRIC_MEMORY].like_count = 2;
	all[METRIC_MEMORY].regime_start_unix_us = T0;
	all[METRIC_MEMORY].regime_ratio = 1.6;
	all[METRIC_MEMORY].attrs_used = "words, db";
	all[METRIC_MEMORY].borrowed_count = 12;
	all[METRIC_MEMORY].borrowed_from = "class align, partition gpu";
	all[METRIC_CPU] = (struct step_verdict){
		.metric = METRIC_CPU,
		.measure = MEASURE_CPU,
		.verdict = VERDICT_UNJUDGED,
		.reason = "no-value",
		.value = NAN,
		.expected = NAN,
		.low = NAN,
		.high = NAN,
		.ratio = NAN,
		.score = 0,
		.p_value = 1,
		.near_count = JO_MISSING,
		.like_count = JO_MISSING,
		.group = "",
		.history_count = JO_MISSING,
		.censored_count = 0,
		.regime_start_unix_us = JO_MISSING,
		.regime_ratio = NAN,
		.borrowed_count = JO_MISSING,
		.borrowed_from = "",
		.attrs_used = "",
	};
	strbuf_init(&bytes);
	must(verdict_pack(texts, all, METRIC_COUNT, &bytes, &kinds, &err) == 0, "pack");
	is_int(kinds,
	       VERDICT_KIND_NORMAL | VERDICT_KIND_HIGH | VERDICT_KIND_CERTAIN |
		       VERDICT_KIND_UNJUDGED,
	       "what kinds there are");
	is_int(verdict_unpack(texts, bytes.text, bytes.len, found, &err), METRIC_COUNT,
	       "all come back");
	for (int m = 0; m < METRIC_COUNT; m++) {
		verdict_complete(&found[m], &step);
		are_same(&found[m], &all[m], m == METRIC_MEMORY ? 0 : DIGITS, metric_infos[m].word);
	}
	strbuf_release(&bytes);
}

static void sizes(struct verdict_texts *texts)
{
	struct step_verdict all[METRIC_COUNT];
	struct strbuf bytes;
	unsigned kinds;

	for (int m = 0; m < METRIC_COUNT; m++)
		all[m] = verdict_of((enum metric)m, VERDICT_NORMAL);
	strbuf_init(&bytes);
	must(verdict_pack(texts, all, METRIC_COUNT, &bytes, &kinds, &err) == 0, "pack");
	ok(bytes.len <= METRIC_COUNT * 18 + 12, "a normal step's verdicts take %zu bytes",
	   bytes.len);
	is_int(kinds, VERDICT_KIND_NORMAL, "and are of a kind that no index has");
	strbuf_release(&bytes);
}

/* Cut short anywhere, and with each byte changed: refused, or read as something; never beyond. */
static void damage(struct verdict_texts *texts)
{
	struct step_verdict all[METRIC_COUNT], found[METRIC_COUNT];
	struct strbuf bytes;
	unsigned kinds;
	int refused = 0, good = 0;
	char *copy;

	for (int m = 0; m < METRIC_COUNT; m++)
		all[m] = verdict_of((enum metric)m, m == 1 ? VERDICT_LOW : VERDICT_NORMAL);
	all[1].regime_start_unix_us = T0;
	all[1].regime_ratio = 2;
	all[2].reason = "expected";
	strbuf_init(&bytes);
	must(verdict_pack(texts, all, METRIC_COUNT, &bytes, &kinds, &err) == 0, "pack");
	copy = malloc(bytes.len);
	must(copy != NULL, "memory");
	for (size_t len = 0; len < bytes.len; len++) {
		int rc;

		/* At the end of its block, where the sanitizer sees a byte too many. */
		memcpy(copy + bytes.len - len, bytes.text, len);
		rc = verdict_unpack(texts, copy + bytes.len - len, len, found, &err);
		refused += rc == -EBADMSG;
		good += rc >= 0 && rc < METRIC_COUNT;
	}
	is_int(good, METRIC_COUNT, "cut short it is refused, but between two verdicts");
	is_int(refused, (int)bytes.len - METRIC_COUNT, "wherever that is");
	refused = good = 0;
	for (size_t at = 0; at < bytes.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			int rc;

			memcpy(copy, bytes.text, bytes.len);
			copy[at] = (char)((unsigned char)copy[at] ^ 1U << bit);
			rc = verdict_unpack(texts, copy, bytes.len, found, &err);
			refused += rc == -EBADMSG;
			good += rc >= 0 && rc <= METRIC_COUNT;
			for (int i = 0; i < rc; i++)
				must(found[i].metric < METRIC_COUNT &&
					     found[i].verdict < VERDICT_COUNT &&
					     found[i].measure < MEASURE_COUNT,
				     "within the enums");
		}
	ok(refused > 0, "some changes are seen");
	is_int(refused + good, (int)bytes.len * 8, "and none does harm");
	free(copy);
	strbuf_release(&bytes);
}

static void kinds(void)
{
	is_int(verdict_kinds(0, VERDICT_LEVEL_NONE), 0, "nothing asked for");
	is_int(verdict_kinds(1U << VERDICT_HIGH | 1U << VERDICT_LOW, VERDICT_LEVEL_NONE),
	       VERDICT_KIND_HIGH | VERDICT_KIND_LOW, "by verdicts");
	is_int(verdict_kinds(0, VERDICT_LEVEL_WATCH),
	       VERDICT_KIND_WATCH | VERDICT_KIND_HIGH | VERDICT_KIND_CERTAIN,
	       "a level holds those above it");
}

int main(void)
{
	struct store *store;

	begin_tests();
	store = open_new("pack");
	round_trips(store->verdict_texts);
	sizes(store->verdict_texts);
	damage(store->verdict_texts);
	kinds();
	store_close(store);
	return end_tests();
}
