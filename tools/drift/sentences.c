/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drift in words for those who look after the site; users' mails have templates of their own. */
#include <inttypes.h>
#include <math.h>

#include "drift/account.h"
#include "joboutliers/units.h"
#include "util/when.h"

enum drift_direction drift_direction(const struct store_drift *drift)
{
	if (drift->is_back)
		return DRIFT_BACK;
	return drift->log_ratio > 0 ? DRIFT_MORE : DRIFT_LESS;
}

const char *drift_direction_words(const struct store_drift *drift)
{
	const struct metric_info *info = &metric_infos[drift->metric];
	const char *const words[] = {[DRIFT_MORE] = info->more,
				     [DRIFT_LESS] = info->less,
				     [DRIFT_BACK] = "back to normal"};

	return words[drift_direction(drift)];
}

void drift_add_cause(const struct drift_finding *finding, struct strbuf *text)
{
	/* Of other nodes it may be slower processors. */
	bool says_work = finding->cause == CAUSE_WORK && !finding->is_of_nodes;
	const struct drift_finding *cpu = finding->cpu;
	double cpu_ratio = cpu != NULL ? exp(cpu->drift.log_ratio) : NAN;
	char ratio[24];

	if (finding->drift.is_back)
		strbuf_adds(text, cpu != NULL && cpu->drift.is_back ? ", as is the CPU time" : "");
	else if (cpu_ratio < 1)
		strbuf_addf(text, ", with %.2g times the CPU time", cpu_ratio);
	else if (cpu != NULL)
		strbuf_addf(text, ", with %s times the CPU time%s",
			    jo_ratio_format(cpu_ratio, ratio, sizeof(ratio)),
			    says_work ? ": more work" : "");
	else if (finding->cause == CAUSE_WAIT)
		strbuf_adds(text, ", with the same CPU time: they wait");
}

void drift_add_sentence(const struct drift_finding *finding, struct strbuf *text)
{
	const struct store_drift *drift = &finding->drift;
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];

	if (drift->is_back)
		strbuf_addf(text, "%s back to normal", metric_word(drift->metric));
	else if (drift->metric == METRIC_WALL)
		strbuf_addf(text, "%.1f times %s", exp(fabs(drift->log_ratio)),
			    drift_direction_words(drift));
	else
		strbuf_addf(text, "%.2g times the %s", exp(drift->log_ratio),
			    metric_infos[drift->metric].label);
	strbuf_addf(text, "%s since %.10s", drift->is_gradual ? ", little by little" : "",
		    when_format(drift->since_unix_us, since));
	if (drift->until_unix_us != JO_MISSING)
		strbuf_addf(text, " until %.10s", when_format(drift->until_unix_us, until));
	strbuf_addf(text, " (%" PRId64 " jobs since", finding->all.step_count);
	if (drift->before_count > 0)
		strbuf_addf(text, ", %" PRId64 " before", drift->before_count);
	strbuf_addc(text, ')');
	drift_add_cause(finding, text);
}

void drift_add_difference(const struct explain_contrast *contrast, struct strbuf *text)
{
	if (contrast->form == EXPLAIN_AROUND) {
		strbuf_addf(text, "%s was around %s; in the %zu jobs before around %s",
			    contrast->name, contrast->own, contrast->peer_count, contrast->usual);
		return;
	}
	strbuf_addf(text, "%s was %s in %zu of the %zu; in ", contrast->name, contrast->own,
		    contrast->own_count, contrast->outlier_count);
	if (contrast->same_count == 0)
		strbuf_adds(text, "none");
	else
		strbuf_addf(text, "%zu", contrast->same_count);
	strbuf_addf(text, " of the %zu jobs before", contrast->peer_count);
}
