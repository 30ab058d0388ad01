/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for what provenance.c put into them. */
#include "audit.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "joboutliers/units.h"
#include "step/measure.h"
#include "util/strbuf.h"
#include "util/words.h"

/* A level that moved by less than this is not worth the reader's time. */
#define LOG_RATIO_TOLD 0.1

static void add_date(struct strbuf *text, int64_t unix_us)
{
	time_t when = (time_t)(unix_us / JO_US_PER_S);
	struct tm day = {0};
	char buf[32];

	(void)localtime_r(&when, &day);
	(void)strftime(buf, sizeof(buf), "%e %B %Y", &day);
	strbuf_adds(text, buf[0] == ' ' ? buf + 1 : buf);
}

static void add_regime(struct strbuf *text, const struct step_verdict *verdict,
		       const json_t *detail)
{
	double ratio = json_number_value(json_object_get(detail, "regime_ratio"));

	if (verdict->regime_start_unix_us == JO_MISSING)
		return;
	strbuf_adds(text, " since ");
	add_date(text, verdict->regime_start_unix_us);
	if (ratio > 0 && fabs(log(ratio)) > LOG_RATIO_TOLD)
		strbuf_addf(text, " (when the level moved by %.2gx)", ratio);
}

/* The step itself is one of those that its night's models saw. */
static void add_night(struct strbuf *text, const json_t *detail)
{
	json_int_t others = json_integer_value(json_object_get(detail, "night_n")) - 1;
	json_int_t apart = json_integer_value(json_object_get(detail, "apart_n"));

	if (others > 0)
		strbuf_addf(text, " and %" JSON_INTEGER_FORMAT " other%s of its night", others,
			    words_plural(others));
	if (apart > 0)
		strbuf_addf(text, ", leaving out %" JSON_INTEGER_FORMAT "%s that stand%s out",
			    apart, others > 0 ? "" : " of its night", apart == 1 ? "s" : "");
}

static void add_size(struct strbuf *text, const struct step *step, const json_t *detail)
{
	char buf[32];

	if (!json_is_true(json_object_get(detail, "sized")))
		strbuf_adds(text, ", without an input size");
	else if (step->input_bytes != JO_MISSING)
		strbuf_addf(text, ", at an input of %s",
			    jo_bytes_format(step->input_bytes, buf, sizeof(buf)));
}

/* "filter_words" and the like, with the share of the scatter each explained. */
static void add_attrs(struct strbuf *text, const char *attrs_used)
{
	json_t *array = json_loads(attrs_used, 0, NULL), *attr;
	size_t i;

	json_array_foreach(array, i, attr)
	{
		const char *name = json_string_value(json_object_get(attr, "name"));

		if (name == NULL)
			continue;
		strbuf_addf(text, "%s%s", i == 0 ? "; corrected for " : ", ",
			    strncmp(name, "attr.", 5) == 0 ? name + 5 : name);
	}
	json_decref(array);
}

char *audit_sentence(const struct step *step, const struct step_verdict *verdict)
{
	json_t *detail = json_loads(verdict->detail, 0, NULL);
	const char *group = json_string_value(json_object_get(detail, "group"));
	struct strbuf text;

	strbuf_init(&text);
	if (verdict->verdict == VERDICT_UNJUDGED)
		strbuf_addf(&text, "Not judged: %s", reason_clause(verdict->reason));
	if (detail != NULL) {
		strbuf_addf(&text, "%s %" PRId64 " earlier step%s of %s",
			    text.len > 0 ? "; compared with" : "Judged against",
			    verdict->history_count, words_plural(verdict->history_count),
			    group != NULL ? group : "its group");
		add_regime(&text, verdict, detail);
		add_night(&text, detail);
		add_size(&text, step, detail);
		if (verdict->measure != measure_default(verdict->metric))
			strbuf_addf(&text, ", by the %s", measure_label(verdict->measure));
		if (verdict->censored_count > 0)
			strbuf_addf(&text, "; %" PRId64 " of them known only as \"at least\"",
				    verdict->censored_count);
		add_attrs(&text, verdict->attrs_used);
		if (verdict->borrowed_count > 0)
			strbuf_addf(&text, "; %" PRId64 " step%s borrowed from %s",
				    verdict->borrowed_count, words_plural(verdict->borrowed_count),
				    verdict->borrowed_from);
		else
			strbuf_adds(&text, "; nothing borrowed");
	}
	if (text.len > 0)
		strbuf_addc(&text, '.');
	json_decref(detail);
	return strbuf_detach(&text);
}
