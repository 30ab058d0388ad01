/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for what is kept of a fit's provenance. */
#include "audit.h"

#include <inttypes.h>
#include <math.h>
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

static void add_regime(struct strbuf *text, const struct step_verdict *verdict)
{
	double ratio = verdict->regime_ratio;

	if (verdict->regime_start_unix_us == JO_MISSING)
		return;
	strbuf_adds(text, " since ");
	add_date(text, verdict->regime_start_unix_us);
	if (ratio > 0 && fabs(log(ratio)) > LOG_RATIO_TOLD)
		strbuf_addf(text, " (when the level moved by %.2gx)", ratio);
}

/* The step itself is one of those that its night's models saw. */
static void add_night(struct strbuf *text, const struct step_verdict *verdict)
{
	int64_t others = verdict->night_count - 1, apart = verdict->apart_count;

	if (others > 0)
		strbuf_addf(text, " and %" PRId64 " other%s of its night", others,
			    words_plural(others));
	if (apart > 0)
		strbuf_addf(text, ", leaving out %" PRId64 "%s that stand%s out", apart,
			    others > 0 ? "" : " of its night", apart == 1 ? "s" : "");
}

static void add_size(struct strbuf *text, const struct step *step,
		     const struct step_verdict *verdict)
{
	char buf[32];

	if (!verdict->is_sized)
		strbuf_adds(text, ", without an input size");
	else if (step->input_bytes != JO_MISSING)
		strbuf_addf(text, ", at an input of %s",
			    jo_bytes_format(step->input_bytes, buf, sizeof(buf)));
}

char *audit_sentence(const struct step *step, const struct step_verdict *verdict)
{
	struct strbuf text;

	strbuf_init(&text);
	if (verdict->verdict == VERDICT_UNJUDGED)
		strbuf_addf(&text, "Not judged: %s", reason_clause(verdict->reason));
	if (verdict->group[0] != '\0') {
		strbuf_addf(&text, "%s %" PRId64 " earlier step%s of %s",
			    text.len > 0 ? "; compared with" : "Judged against",
			    verdict->history_count, words_plural(verdict->history_count),
			    verdict->group);
		add_regime(&text, verdict);
		add_night(&text, verdict);
		add_size(&text, step, verdict);
		if (verdict->measure != measure_default(verdict->metric))
			strbuf_addf(&text, ", by the %s", measure_label(verdict->measure));
		if (verdict->censored_count > 0)
			strbuf_addf(&text, "; %" PRId64 " of them known only as \"at least\"",
				    verdict->censored_count);
		if (verdict->attrs_used[0] != '\0')
			strbuf_addf(&text, "; corrected for %s", verdict->attrs_used);
		if (verdict->borrowed_count > 0)
			strbuf_addf(&text, "; %" PRId64 " step%s borrowed from %s",
				    verdict->borrowed_count, words_plural(verdict->borrowed_count),
				    verdict->borrowed_from);
		else
			strbuf_adds(&text, "; nothing borrowed");
	}
	if (text.len > 0)
		strbuf_addc(&text, '.');
	return strbuf_detach(&text);
}
