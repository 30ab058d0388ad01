# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the CPU microseconds that robustbase's lmrob takes per group of "group x y" lines.
# usage: Rscript lmrob.R FILE
suppressMessages(library(robustbase))

rows <- read.table(commandArgs(trailingOnly = TRUE)[1], col.names = c("group", "x", "y"))
groups <- split(rows, rows$group)
set.seed(1)

fit <- function(group) suppressWarnings(lmrob(y ~ x, data = group))

invisible(fit(groups[[1]]))
start <- proc.time()
for (group in groups) fit(group)
cat(1e6 * sum((proc.time() - start)[c("user.self", "sys.self")]) / length(groups), "\n")
