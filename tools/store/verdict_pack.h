/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdicts on a step's metrics as a few bytes: nearly all say that a step
 * was normal, and a site has three for each of its steps.  Knows no SQL, so
 * every engine keeps the same bytes.  Private to store/.
 *
 * One after the other, in the order of their metrics:
 *
 *	u8	bits 0-3 the metric, 4 PACK_WIDE, 5 PACK_SAME_GROUNDS, 6 PACK_HAS_LIKES,
 *		7 PACK_HAS_REASON
 *	u8	bits 0-1 the verdict, 2-3 the level, 4-7 the measure
 *	u8	a bit for each real number that follows, by enum pack_real
 *	n	with PACK_HAS_REASON: the reason's text
 *	reals	the upper 3 bytes of a float; with PACK_WIDE the 8 of a double
 *	n, n	with PACK_HAS_LIKES: near_count, like_count
 *	...	without PACK_SAME_GROUNDS, what it was compared with; else that is the same as of
 *		the verdict before it
 *
 * The grounds are
 *
 *	u8	bit 0 PACK_IS_COMPARED, 1 PACK_IS_SIZED, 2 PACK_HAS_REGIME, 3 PACK_HAS_ATTRS,
 *		4 PACK_HAS_LENDERS
 *	n, n, n	history_count, censored_count and borrowed_count, each plus 1; 0 for JO_MISSING
 *	n, n, n	with PACK_IS_COMPARED: the group's text, night_count, apart_count
 *	i64 r	with PACK_HAS_REGIME: regime_start_unix_us; regime_ratio in 3 bytes
 *	n	with PACK_HAS_ATTRS: the text of the attributes
 *	n	with PACK_HAS_LENDERS: borrowed_from's text
 *
 * where n is an unsigned number of 7 bits a byte, the lowest first and bit 7 for
 * "more follow"; all else is little end first.  Texts are ids of verdict_text.h.
 *
 * A verdict is wide when it may be told to somebody: a few in a hundred.  Of the
 * others the value is what the step itself has of the measure, the ratio
 * follows, and the rest is good to 5 digits.
 */
#ifndef STORE_VERDICT_PACK_H
#define STORE_VERDICT_PACK_H

#include "step/step.h"
#include "step/verdict.h"
#include "util/strbuf.h"
#include "verdict_text.h"

/*
 * What a step's verdicts are, as bits of a number that says which of a million
 * need to be looked into.  The database has these numbers, and an index of the
 * steps with VERDICT_KIND_FIRST_NOTABLE or more.
 */
enum verdict_kind {
	VERDICT_KIND_NORMAL = 1,
	VERDICT_KIND_UNJUDGED = 2,
	VERDICT_KIND_WATCH = 4,
	VERDICT_KIND_LOW = 8,
	VERDICT_KIND_HIGH = 16,
	VERDICT_KIND_CERTAIN = 32,
};
#define VERDICT_KIND_FIRST_NOTABLE 4

/* The kinds that have any of these verdicts (bit 1 << enum verdict), or a level at least so high
 * (NONE: not by level). */
unsigned verdict_kinds(unsigned verdict_mask, enum verdict_level least_level);

/* Add the verdicts, of one step and in the order of their metrics, to the bytes. */
int verdict_pack(struct verdict_texts *texts, const struct step_verdict *verdicts, size_t count,
		 struct strbuf *bytes, unsigned *ret_kinds, struct jo_err *err);

/*
 * Read them back, at most METRIC_COUNT; what is the step's, and what stands
 * beside the bytes, is left to the caller: see verdict_complete.  Returns how
 * many there are, or -EBADMSG.  Texts are as verdict_text_get says.
 */
int verdict_unpack(struct verdict_texts *texts, const void *data, size_t size,
		   struct step_verdict ret_verdicts[METRIC_COUNT], struct jo_err *err);

/* Take the step's own values where the bytes have none. */
void verdict_complete(struct step_verdict *verdict, const struct step *step);

#endif
