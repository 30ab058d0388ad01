/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a step's samples and its peers', and words what sets them apart. */
#include "explain/where.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/words.h"

/* Read the step's samples into *ret_profile, which is to be released in any case. */
static int read_profile(struct store *store, int64_t step_id, struct profile_names *names,
			struct profile *ret_profile, struct profile *sum, struct jo_err *err)
{
	char *text = NULL;
	int rc;

	profile_stacks_init(ret_profile, names);
	rc = store_profile_get(store, step_id, &text, err);
	if (rc > 0)
		rc = profile_add(ret_profile, text, err);
	if (rc == 0 && text != NULL && sum != NULL &&
	    ret_profile->sample_count >= PROFILE_GAIN_SAMPLES_MIN)
		rc = profile_add(sum, text, err);
	free(text);
	return rc;
}

static bool is_like(const struct step *step, const struct step *peer)
{
	return peer->state == STEP_STATE_COMPLETED && explain_is_of_size(step, peer) &&
	       strcmp(step->profile_kind, peer->profile_kind) == 0 &&
	       peer->profile_samples >= PROFILE_GAIN_SAMPLES_MIN;
}

static double wall_of(const struct step *step)
{
	return step->wall_us == JO_MISSING ? NAN : (double)step->wall_us;
}

static int compare(struct store *store, const struct step *step, struct explain_where *where,
		   struct jo_err *err)
{
	const struct profile_of_step own = {&where->own, wall_of(step)};
	struct profile profiles[EXPLAIN_WHERE_PEERS_MAX] = {{0}};
	struct profile_of_step list[EXPLAIN_WHERE_PEERS_MAX];
	struct explain_peers peers;
	size_t count = 0;
	int rc = explain_peers_read_profiled(store, step->id, &peers, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < peers.peer_count && count < EXPLAIN_WHERE_PEERS_MAX;
	     i++) {
		const struct step *peer = &explain_peer(&peers, i)->step;

		if (!is_like(step, peer))
			continue;
		rc = read_profile(store, peer->id, where->names, &profiles[count], &where->peers,
				  err);
		list[count] = (struct profile_of_step){&profiles[count], wall_of(peer)};
		if (profiles[count].sample_count >= PROFILE_GAIN_SAMPLES_MIN)
			count++;
		else
			profile_stacks_release(&profiles[count]);
	}
	explain_peers_release(&peers);
	if (rc == 0) {
		where->peer_count = count;
		where->gain_count =
			profile_gains(&own, list, count, where->gains, EXPLAIN_GAINS_MAX);
	}
	for (size_t i = 0; i < EXPLAIN_WHERE_PEERS_MAX; i++)
		profile_stacks_release(&profiles[i]);
	return rc;
}

static void find_heaviest(struct explain_where *where)
{
	const struct profile_frame *frame;
	struct profile_place_counts *counts =
		xcalloc(profile_place_count(where->names) + 1, sizeof(*counts));
	size_t heaviest = 0;

	profile_count(&where->own, NULL, counts);
	for (size_t i = 0; i < where->names->frames->len; i++)
		if (counts[i].self_count > counts[heaviest].self_count)
			heaviest = i;
	if (where->names->frames->len > 0) {
		frame = profile_frame(where->names, heaviest);
		where->heaviest = (struct profile_gain){
			.function = frame->function,
			.file = frame->file,
			.line = frame->line,
			.share = (double)counts[heaviest].self_count /
				 (double)where->own.sample_count,
			.usual_share = NAN,
			.us = NAN,
			.usual_us = NAN,
			.p_value = NAN,
		};
	}
	free(counts);
}

int explain_where_read(struct store *store, const struct step *step,
		       struct explain_where *ret_where, struct jo_err *err)
{
	struct explain_where where = {.names = profile_names_new()};
	int rc;

	profile_stacks_init(&where.peers, where.names);
	where.is_sized = step->input_bytes != JO_MISSING;
	rc = read_profile(store, step->id, where.names, &where.own, NULL, err);
	if (rc == 0 && where.own.sample_count > where.own.other_count) {
		find_heaviest(&where);
		rc = compare(store, step, &where, err);
		if (rc == 0)
			rc = 1;
	}
	if (rc > 0)
		*ret_where = where;
	else
		explain_where_release(&where);
	return rc;
}

int explain_where_gained(struct store *store, const struct explain_peers *peers,
			 struct explain_where *ret_where, struct jo_err *err)
{
	int rc;

	if (peers->outlier_count == 0 || metric_infos[peers->metric].kind != METRIC_OF_TIME)
		return 0;
	rc = explain_where_read(store, &g_array_index(peers->steps, struct explain_step, 0).step,
				ret_where, err);
	if (rc <= 0 || ret_where->gain_count > 0)
		return rc;
	explain_where_release(ret_where);
	return 0;
}

void explain_where_release(struct explain_where *where)
{
	profile_stacks_release(&where->own);
	profile_stacks_release(&where->peers);
	profile_names_free(where->names);
	*where = (struct explain_where){.names = NULL};
}

/* ---- words ---- */

void explain_place_write(const struct profile_gain *gain, struct strbuf *text)
{
	strbuf_adds(text, gain->function);
	if (gain->file[0] != '\0')
		strbuf_addf(text, ", %s", gain->file);
	if (gain->line == JO_MISSING)
		return;
	if (gain->is_function)
		strbuf_addf(text, ", mostly in line %lld", (long long)gain->line);
	else
		strbuf_addf(text, ":%lld", (long long)gain->line);
}

static const char *of_size(const struct explain_where *where)
{
	return where->is_sized ? " of this size" : "";
}

void explain_gain_write(const struct explain_where *where, const struct profile_gain *gain,
			struct strbuf *text)
{
	double us = gain->us - gain->usual_us;
	char more[24];

	strbuf_addf(text, "%.0f %% in ", 100 * gain->share);
	explain_place_write(gain, text);
	strbuf_addf(text, " (in normal jobs%s %.0f %%)", of_size(where), 100 * gain->usual_share);
	if (us > 0)
		strbuf_addf(text, ", %s more", jo_duration_format((int64_t)us, more, sizeof(more)));
}

void explain_heaviest_write(const struct explain_where *where, struct strbuf *text)
{
	strbuf_addf(text, "%.0f %% in ", 100 * where->heaviest.share);
	explain_place_write(&where->heaviest, text);
	if (where->own.sample_count < PROFILE_GAIN_SAMPLES_MIN)
		strbuf_addf(text, "; %lld sample%s are too few to compare",
			    (long long)where->own.sample_count,
			    words_plural(where->own.sample_count));
	else if (where->peer_count < PROFILE_GAIN_PEERS_MIN)
		strbuf_addf(text, "; it takes %d normal jobs%s with a profile to compare it with",
			    PROFILE_GAIN_PEERS_MIN, of_size(where));
	else
		strbuf_addf(text, "; no line took more than in %zu normal jobs%s",
			    where->peer_count, of_size(where));
}
