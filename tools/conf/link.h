/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of other programs' pages about a job (LinkJob). */
#ifndef CONF_LINK_H
#define CONF_LINK_H

#include <stdbool.h>

/*
 * Whether text is "NAME=ADDRESS": a name without control characters; an address of http or https,
 * whose host is written out and whose placeholders in braces are known.  What they stand for is
 * filled in by the report's page.
 */
bool link_is_valid(const char *text);

#endif
