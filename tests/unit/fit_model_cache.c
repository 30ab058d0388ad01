/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models that are kept from one run to the next change nothing that is said, however old or broken.
 */
#include "judge/predictor.h"
#include "judge_fixture.h"
#include "step/night.h"
#include "util/alloc.h"

/* What is said of the last night, and was foretold of the first class before it; the caller frees
 * it. */
static char *tell(struct store *store)
{
	const struct predictor_query query = {
		.cluster = "",
		.partition = "main",
		.user = "",
		.class_name = "class0",
		.program = "",
		.job_name = "",
		.input_bytes = 2 * GIB,
		.cpu_count = JO_MISSING,
		.task_count = JO_MISSING,
		.node_count = JO_MISSING,
		.attrs = "",
		.probability = 0.99,
	};
	int64_t midnight = night_of(TONIGHT).from_unix_us;
	struct predictor *predictor;
	struct predictor_answer answer;
	struct judge_options options;
	struct strbuf text;

	judge_options_init(&options);
	strbuf_init(&text);
	must(judge_range(store, &options, NULL, midnight, JO_MISSING, write_down, &text, &err));
	must(predictor_new(store, &options, NULL, midnight, &predictor, &err));
	must(predictor_ask(predictor, &query, &answer, &err));
	for (size_t m = 0; m < METRIC_COUNT; m++)
		strbuf_addf(&text, "%a %a %a %a %d\n", answer.metrics[m].expected,
			    answer.metrics[m].low, answer.metrics[m].high, answer.metrics[m].enough,
			    (int)answer.metrics[m].n);
	predictor_free(predictor);
	return strbuf_detach(&text);
}

/* Steps of several groups whose level moved, and of a young one that borrows. */
static void add_site(struct store *store)
{
	for (int class = 0; class < 14; class ++) {
		int count = class == 13 ? 6 : 36;

		for (int i = 0; i < count; i++) {
			struct jo_record record = step_of(
				class * 100 + i, T0 + (i + 40 - count) * HOUR,
				50 * (1 + class) * noise(i * 3 + class) * (i > 20 ? 1.6 : 1),
				(1 + i % 5) * GIB);

			record.mem_peak_bytes = (int64_t)((double)GIB * noise(i + class));
			(void)snprintf(record.class_name, sizeof(record.class_name), "class%d",
				       class == 13 ? 12 : class);
			(void)strcpy(record.partition, class == 13 ? "fat" : "main");
			add(store, &record, STEP_STATE_COMPLETED);
		}
	}
	for (int class = 0; class < 14; class ++) {
		struct jo_record record =
			step_of(9000 + class, TONIGHT + class * S, 90 * (1 + class), 2 * GIB);

		record.mem_peak_bytes = GIB;
		(void)snprintf(record.class_name, sizeof(record.class_name), "class%d",
			       class == 13 ? 12 : class);
		(void)strcpy(record.partition, class == 13 ? "fat" : "main");
		add(store, &record, STEP_STATE_COMPLETED);
	}
}

/* Change the first group's stored model of wall time: its bytes (a level of e times as much, or cut
 * short), its print or its version. */
static void tamper(struct store *store, bool is_level, bool is_cut, bool is_print, bool is_version)
{
	struct store_model stored;
	struct model model;
	unsigned char *bytes;
	void *blob;
	size_t size;

	must(store_model_get(store, 1, METRIC_WALL, &stored, &err) == 1 ? 0 : -1);
	must(model_read((const char *)stored.data + 8, stored.size - 8, &model, &err));
	model.sized.level += is_level;
	model_write(&model, &blob, &size);
	bytes = xmalloc(size + 8);
	memcpy(bytes, stored.data, 8);
	memcpy(bytes + 8, blob, size);
	bytes[0] ^= is_print;
	stored.format_version += is_version;
	stored.data = bytes;
	stored.size = 8 + size - is_cut;
	must(store_model_put(store, &stored, &err));
	model_release(&model);
	free(blob);
	free(bytes);
}

static void test_kept_models(void)
{
	struct store *store = open_store("kept.db", STORE_CREATE);
	struct judge_options options;
	struct judge_summary summary;
	struct store_model stored;
	char *fresh, *again;
	const void *data;
	int64_t version;
	size_t size;

	add_site(store);
	fresh = tell(store);
	is_int(store_model_get(store, 1, METRIC_WALL, &stored, &err), 0,
	       "a question stores no model");
	judge_options_init(&options);
	must(judge_pending(store, &options, T0, NULL, NULL, &summary, &err));
	is_int(store_model_get(store, 1, METRIC_WALL, &stored, &err), 1, "judging a night does");
	is_int(stored.format_version, MODEL_FORMAT_VERSION, "with the version of the code");
	ok(stored.obs_count > 0 && stored.change_count > 0 && stored.fitted_unix_us == T0,
	   "and what it was fitted on: %d steps", (int)stored.obs_count);
	is_int(store_blob_get(store, "prior-sample", &version, &data, &size, &err), 1,
	       "as well as what the site's priors were learnt from");

	again = tell(store);
	is_str(again, fresh, "with stored models everything is said again to the last bit");
	free(again);
	tamper(store, true, false, false, false);
	again = tell(store);
	ok(strcmp(again, fresh) != 0, "it is the stored model that was asked");
	free(again);
	tamper(store, false, false, true, false);
	again = tell(store);
	is_str(again, fresh, "one of other steps is not used");
	free(again);
	tamper(store, false, false, true, false);
	tamper(store, false, false, false, true);
	again = tell(store);
	is_str(again, fresh, "nor one of other code");
	free(again);
	tamper(store, false, true, false, false);
	again = tell(store);
	is_str(again, fresh, "nor one that was cut short");
	free(again);
	must(store_blob_put(store, "prior-sample", version, "\1\0\0\0\0\0\0\0\1\0\0", 11, &err));
	again = tell(store);
	is_str(again, fresh, "nor a damaged sample");
	free(again);
	free(fresh);
	store_close(store);
}

int main(void)
{
	begin_tests();
	test_kept_models();
	return end_tests();
}
