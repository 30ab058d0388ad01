/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A static function of hot loops, compiled a second time for processors with wider
 * vectors, of which the loader takes the one that the processor at hand can run.
 * Both give the same bits: AVX2 brings no multiplication fused with an addition,
 * and the compiler must not fuse where a third kind would.
 */
#ifndef UTIL_CLONES_H
#define UTIL_CLONES_H

#include <stdint.h> /* says which C library it is */

/* The loader's choice takes glibc; a sanitizer's runtime is not there yet when it chooses. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) &&                 \
	!defined(__SANITIZE_THREAD__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define CLONES __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef CLONES
#define CLONES
#endif

/* What is part of each clone, and of its vectors. */
#define CLONED static inline __attribute__((always_inline))

#endif
