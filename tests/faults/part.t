#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every thirtieth fault of the matrix, in a quarter of a minute; "make faults" tries them all.
exec "$(dirname "$0")/matrix" -e 30
