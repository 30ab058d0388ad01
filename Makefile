# joboutliers - "make help" lists the targets.
VERSION    := 0.1.0
prefix     ?= /usr/local
bindir     ?= $(prefix)/bin
# Where Slurm loads plugins from: looked up when it is needed, unless given.
plugindir  ?= $(shell spank/find-plugindir $(SLURM_PREFIX:%=-p %) /usr/include /usr/local/include)
mandir     ?= $(prefix)/share/man
# Where every Python of a step that is sampled looks first.
pythondir  ?= $(prefix)/share/joboutliers/python
# What the plugin starts, and nobody else.
libexecdir ?= $(prefix)/libexec
sysconfdir ?= /etc
localstatedir ?= /var
docdir     ?= $(prefix)/share/doc/joboutliers
unitdir    ?= $(prefix)/lib/systemd/system
tmpfilesdir ?= $(prefix)/lib/tmpfiles.d
bashdir    ?= $(prefix)/share/bash-completion/completions
zshdir     ?= $(prefix)/share/zsh/site-functions
fishdir    ?= $(prefix)/share/fish/vendor_completions.d
PKG_CONFIG ?= pkg-config
# A Slurm under a prefix of its own is the one that is built for, and the one that tests run.
ifneq ($(SLURM_PREFIX),)
export SLURM_PREFIX
export PATH := $(SLURM_PREFIX)/bin:$(SLURM_PREFIX)/sbin:$(PATH)
endif
INSTALL    ?= install
B          ?= build

# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(patsubst $(B)/%,%,$@)')

CFLAGS     ?= -O2 -g
LIBS_TOOLS  := sqlite3 jansson smartcols gmime-3.0 libcurl gsl zlib libpcre2-8 libmicrohttpd libprotobuf-c
# Where it is there a database can be PostgreSQL's.
LIBPQ       := $(shell $(PKG_CONFIG) --exists libpq && echo libpq)
SLURM_CPPFLAGS := $(SLURM_PREFIX:%=-isystem %/include)
# What GLib has since is not in EL 8, so the compiler names it.
GLIB_MAX    := -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_56 -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_56
override CPPFLAGS += -D_GNU_SOURCE -DJO_VERSION='"$(VERSION)"' \
	-DJO_DATABASES='"SQLite$(LIBPQ:libpq=, PostgreSQL)"' \
	-DJO_SYSCONFDIR='"$(sysconfdir)"' -DJO_PYTHONDIR='"$(pythondir)"' -DJO_SAMPLER='"$(libexecdir)/joboutliers/sjobsample"' $(GLIB_MAX) -Iinclude -Ispank -Itools -I$(B)/gen \
	$(SLURM_CPPFLAGS) $(shell $(PKG_CONFIG) --cflags $(LIBS_TOOLS) $(LIBPQ) hwloc 2>/dev/null)
override CFLAGS += -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla $(if $(WERROR),-Werror) \
	-fstack-protector-strong -ffp-contract=off \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
TOOLS_LIBS  := $(shell $(PKG_CONFIG) --libs $(LIBS_TOOLS) $(LIBPQ) 2>/dev/null) -lcsv -lm -lpthread
# Of hwloc the plugin has the headers alone: slurmd opens the library itself, and no step pays for it.
PLUGIN_LIBS := -ldl
# Symbols and lines of programs, and names of C++, by a library that is there without its compiler.
SAMPLER_LIBS := $(shell $(PKG_CONFIG) --libs libdw 2>/dev/null) -l:libstdc++.so.6

# A file's folder decides what it is linked into; there are no other lists.
# A .c file directly in tools/ is a program, one in a folder below is part of all of them;
# tools/forward is sjobforward's alone and tools/sample sjobsample's, which have none of the others'
# libraries.
shared_o := $(patsubst %.c,$(B)/pic/%.o,$(wildcard spank/common/*.c))
plugin_o := $(patsubst %.c,$(B)/pic/%.o,$(wildcard spank/*.c))
fakes_o  := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/fakes/*.c))
forward_o := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/forward/*.c))
sample_o := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/sample/*.c))
unused_o := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/store/$(if $(LIBPQ),no_)postgres*.c))
tools_o  := $(filter-out $(forward_o) $(sample_o) $(unused_o),$(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/*/*.c))) $(B)/obj/otlp.pb-c.o
programs := $(patsubst tools/%.c,$(B)/%,$(wildcard tools/*.c))
unit_t   := $(patsubst tests/unit/%.c,$(B)/unit/%.t,$(filter-out \
	$(if $(LIBPQ),,tests/unit/store_postgres%),$(wildcard tests/unit/*.c)))
bench_p  := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
slurm_p  := $(patsubst tests/slurm/%.c,$(B)/slurm/%,$(wildcard tests/slurm/*.c))

.PHONY: all dist deb rpm print-plugindir screenshot judgement check check-here check-debian13 check-packages check-all check-clang check-fast check-programs check-sanitized check-uml run-uml build-tests fuzz run-fuzzers faults demo demo-otel bench bench-programs install install-plugin install-tools clean help FORCE
.DELETE_ON_ERROR:
all: $(B)/joboutliers.so $(programs) ## build the plugin and the tools

# Each srun and slurmstepd loads it.  Functions are looked up when they are first called, as those of
# Slurm's own programs and plugins are; that, and one segment less, is 30 us of 70 in each process.
PLUGIN_LDFLAGS := -Wl,-z,relro,-z,lazy,-z,noseparate-code

$(B)/joboutliers.so: $(plugin_o) $(shared_o) spank/joboutliers.map
	$(call say,LINK)
	$(Q)$(CC) -shared $(CFLAGS) $(LDFLAGS) $(PLUGIN_LDFLAGS) \
		-Wl,--version-script=spank/joboutliers.map -o $@ $(filter %.o,$^) $(PLUGIN_LIBS)

# Run on compute nodes, which have none of the tools' libraries.
job_programs := $(B)/sjobattr $(B)/sjobforward $(B)/sjobsample
$(B)/sjobforward: $(forward_o) $(B)/obj/tools/util/write_all.o
$(B)/sjobsample: $(sample_o)
$(B)/sjobsample: job_libs := $(SAMPLER_LIBS)
$(job_programs): $(B)/%: $(B)/obj/tools/%.o $(shared_o)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(job_libs)

$(filter-out $(job_programs),$(programs)): $(B)/%: $(B)/obj/tools/%.o $(tools_o) $(shared_o)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOLS_LIBS)

hooks_t := $(filter $(B)/unit/spank_%,$(unit_t))
sample_t := $(filter $(B)/unit/sample_%,$(unit_t))
$(filter-out $(hooks_t) $(sample_t),$(unit_t)): $(tools_o)
$(sample_t): $(sample_o) $(B)/obj/tests/fakes/tree.o
$(sample_t): test_libs := $(SAMPLER_LIBS)
$(filter-out $(hooks_t),$(unit_t)): $(B)/unit/%.t: tests/unit/%.c $(shared_o) $(B)/flags
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit -Itests $(CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ \
		$(filter %.c %.o,$^) $(LDFLAGS) $(TOOLS_LIBS) $(test_libs)

# The plugin's hooks, with a Slurm that the test plays.
$(hooks_t): $(B)/unit/%.t: tests/unit/%.c $(fakes_o) $(plugin_o) $(shared_o) $(B)/flags
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) -Itests/unit -Itests $(CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ \
		$(filter %.c %.o,$^) $(LDFLAGS) $(PLUGIN_LIBS) -ljansson

# It starts the sampler.
$(B)/unit/spank_native.t: | $(B)/sjobsample

# A fuzzer over its kept inputs; with FUZZER=yes (and clang) the fuzzer itself.
fuzz_t := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%.t,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
$(filter $(B)/fuzz/spank_%,$(fuzz_t)): $(fakes_o) $(plugin_o)
$(filter-out $(B)/fuzz/spank_%,$(fuzz_t)): $(tools_o)
$(filter $(B)/fuzz/forward_%,$(fuzz_t)): $(forward_o)
$(filter $(B)/fuzz/sample_%,$(fuzz_t)): $(sample_o)
$(filter $(B)/fuzz/sample_%,$(fuzz_t)): test_libs := $(SAMPLER_LIBS)
$(fuzz_t): $(B)/fuzz/%.t: tests/fuzz/%.c $(if $(FUZZER),,tests/fuzz/replay.c) $(shared_o) $(B)/flags
	@mkdir -p $(@D)
	$(call say,TEST)
	$(Q)$(CC) $(CPPFLAGS) -Itests -DFUZZ_CORPUS='"tests/fuzz/corpus/$*"' $(CFLAGS) \
		$(if $(FUZZER),-fsanitize=fuzzer) -o $@ $(filter %.c %.o,$^) $(LDFLAGS) \
		$(TOOLS_LIBS) $(PLUGIN_LIBS) $(test_libs)

$(B)/pic/%.o: %.c Makefile $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.c Makefile $(B)/flags | $(B)/has-tools
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What is missing is named, with its package, before the compiler meets the want of it.  What both
# share needs neither Slurm nor the tools' libraries, so that each is built without the other's.
$(plugin_o): | $(B)/has-plugin
$(B)/has-plugin $(B)/has-tools: $(B)/has-%: packaging/packages packaging/needed
	@mkdir -p $(@D)
	$(Q)CC='$(CC)' CPPFLAGS='$(SLURM_CPPFLAGS)' PKG_CONFIG='$(PKG_CONFIG)' packaging/needed -m $* && : >$@

# The charting library of the report's page, which a release's tarball has, and npm for a checkout.
library := $(if $(wildcard tools/report/library),tools/report/library,$(B)/library)
library_files := $(addprefix $(library)/,uPlot.iife.js uPlot.min.css LICENSE)
$(filter-out %.js,$(library_files)): $(library)/uPlot.iife.js ;
$(B)/library/uPlot.iife.js: packaging/npm/package-lock.json packaging/npm/fetch
	$(call say,NPM)
	$(Q)packaging/npm/fetch $(@D) uplot dist/uPlot.iife.js dist/uPlot.min.css LICENSE

# Texts that are compiled in are kept as what they are: rows of { "path", "text" }.
# '?' is escaped too, as C11 still has trigraphs.
$(B)/gen/schema.inc: $(sort $(wildcard tools/store/schema/*.sql))
$(B)/gen/page.inc: $(sort $(wildcard tools/report/page/*)) $(library_files)
$(B)/gen/wording.inc: tools/notify/mail-templates
$(B)/gen/%.inc:
	@mkdir -p $(@D)
	$(Q)for f in $^; do echo "{ \"$$f\","; sed 's/[\\"?]/\\&/g; s/.*/  "&\\n"/' $$f; echo "},"; done >$@.tmp
	$(Q)mv $@.tmp $@
# Much of the time of a check is in their loops; nobody asks what sqrt thinks of a negative number.
$(addprefix $(B)/obj/tools/,model/spread.o model/spread_likelihood.o \
	model/loss_bound.o model/level.o util/stat.o): \
	override CFLAGS += -O3 -fno-math-errno
$(B)/obj/tools/store/schema.o: $(B)/gen/schema.inc
$(B)/obj/tools/report/html.o: $(B)/gen/page.inc
$(B)/obj/tools/notify/texts.o: $(B)/gen/wording.inc

# The messages of OpenTelemetry's protocol, as protobuf-c reads and writes them, in code that is not
# ours to warn of.
$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h: tools/otel/%.proto | $(B)/has-tools
	@mkdir -p $(@D)
	$(call say,PROTOC)
	$(Q)protoc-c --c_out=$(B)/gen -I$(<D) $<
$(B)/obj/%.pb-c.o: $(B)/gen/%.pb-c.c Makefile $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<
$(patsubst %.c,$(B)/obj/%.o,$(shell grep -l otlp.pb-c.h tools/*/*.c)): $(B)/gen/otlp.pb-c.h

$(B)/bench/bench_native: $(B)/pic/spank/native.o $(B)/pic/spank/clock.o
$(bench_p): $(B)/bench/%: tests/bench/%.c $(shared_o) $(tools_o) $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $(filter %.c %.o,$^) \
		$(LDFLAGS) $(TOOLS_LIBS)

# It has a part of the plugin.
$(B)/bench/bench_stacks: $(B)/pic/spank/stacks.o

# What the tests on a real Slurm run as jobs.
$(slurm_p): $(B)/slurm/%: tests/slurm/%.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $<

# One that is to be told from its samples, with what a user would build it with for that.
$(B)/slurm/spend_cpu: override CFLAGS += -O1 -g -fno-omit-frame-pointer

# Rebuild everything when the flags change (SAN=..., CC=..., CFLAGS=...).
flags := $(CC) $(CPPFLAGS) $(CFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(B); echo "$$FLAGS" | cmp -s - $@ || echo "$$FLAGS" >$@
export FLAGS = $(flags)

# How well slow jobs are told from normal ones: on generated streams, or on the jobs of DATA=FILE.csv.
judgement_o := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/judgement/*.c))
$(B)/judgement: $(judgement_o) $(tools_o) $(shared_o)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOLS_LIBS)
judgement: $(B)/judgement ## false alarms and recall of the model; DATA=FILE.csv for real jobs
	$(Q)$(B)/judgement $(if $(DATA),--data=$(DATA)) $(JUDGEMENT_OPTIONS)

# Tests are programs; those that fail are named.
prove := prove -f -e ''

check-fast: all $(unit_t) $(fuzz_t) ## unit tests, command tests and lints, in under a minute
	JO_BUILD=$(abspath $(B)) $(prove) $(unit_t) $(fuzz_t) $(wildcard tests/cli/*.t tests/lint/*.t)

# Packages may come while make runs, so the rest is left to a make that sees them.  The real
# Slurm, which mostly waits, comes first and runs beside the others.
cpus := $(shell nproc)
check: ## all of that, other compilers, sanitizers, and the real Slurm on cgroup v1 and v2
	tests/install-packages check
	$(MAKE) -j$(cpus) WERROR=1 build-tests $(slurm_p)
	$(MAKE) -j$$(($(cpus) + 1)) WERROR=1 run-uml check-clang check-sanitized
	! command -v dpkg-buildpackage >/dev/null || $(MAKE) deb
	$(MAKE) -j$(cpus) WERROR=1 check-all
check-clang:
	$(MAKE) B=build-clang CC=clang build-tests
check-sanitized:
	$(MAKE) B=build-sanitized SAN=address,undefined check-programs
# The sampler of Python programs is Python itself.  What is freed lies in quarantine, of which 256 MB
# make short tests take twice as long.
check-programs: export ASAN_OPTIONS ?= quarantine_size_mb=8
check-programs: build-tests
	JO_BUILD=$(abspath $(B)) $(prove) -j$(cpus) $(unit_t) $(fuzz_t) \
		$(filter-out %/sampler.t,$(wildcard tests/cli/*.t)) \
		tests/faults/damage.t
# Before the others and ahead of them: beside another Slurm its one slow processor is so slow that
# Slurm gives up.  Compilers and sanitizers do not keep it.
uml_t := tests/slurm/uml.t
slurm_t := $(filter-out $(uml_t),$(wildcard tests/slurm/*.t))
check-uml: build-tests $(slurm_p)
	$(MAKE) run-uml
run-uml: # of what is built: it waits for nothing, so it begins at once beside what compiles
	JO_BUILD=$(abspath $(B)) $(prove) $(uml_t)
check-all: build-tests $(slurm_p)
	JO_BUILD=$(abspath $(B)) $(prove) -j$(cpus) $(slurm_t) $(wildcard tests/postgres/*.t) $(unit_t) \
		$(fuzz_t) $(wildcard tests/cli/*.t tests/lint/*.t tests/faults/*.t tests/browser/*.t \
		tests/otel/*.t tests/judgement/*.t tests/packages/*.t)
# With the compiler and the Slurm that are there.
check-here: check-uml ## unit tests, command tests, lints, and the real Slurm, of this host as it is
	JO_BUILD=$(abspath $(B)) $(prove) -j$(cpus) $(slurm_t) $(unit_t) \
		$(fuzz_t) $(wildcard tests/cli/*.t tests/lint/*.t tests/postgres/*.t)
check-debian13: dist ## that in a root of Debian 13 (as root, with debootstrap)
	tests/debian/check trixie $(tarball)
fake_macros := --load=$(CURDIR)/tests/fakes/macros.systemd # Debian's rpm has none of systemd's
# The version before is the same but for its number and its configuration, and built of a tarball's tree.
check-packages: ## Debian's and rpm's packages: what is in them; installed, upgraded and removed in a fresh root
	$(MAKE) deb rpm RPM_OPTIONS='$(fake_macros)'
	rm -rf $(B)/before && mkdir -p $(B)/before
	tar -C $(B)/before --strip-components=1 -xzf $(tarball)
	echo '# As it was in the version before.' >>$(B)/before/etc/joboutliers.conf
	$(MAKE) -C $(B)/before B=build VERSION=0.0.9 deb rpm RPM_OPTIONS='$(fake_macros)'
	JO_BUILD=$(abspath $(B)) $(prove) $(wildcard tests/packages/*.t tests/debian/*.t)
build-tests: all $(unit_t) $(fuzz_t) $(B)/judgement

FUZZ_SECONDS ?= 30
fuzz: ## look for new inputs that break a parser, FUZZ_SECONDS for each
	$(MAKE) B=build-fuzz CC=clang SAN=address,undefined,fuzzer-no-link FUZZER=yes run-fuzzers
run-fuzzers: $(fuzz_t)
	for f in $(notdir $(^:.t=)); do mkdir -p $(B)/corpus/$$f && $(B)/fuzz/$$f.t -max_total_time=$(FUZZ_SECONDS) \
		-max_len=8192 -print_final_stats=1 $(B)/corpus/$$f tests/fuzz/corpus/$$f || exit; done

faults: all ## let each system call of each command fail, and kill it there: is all there once?
	JO_BUILD=$(abspath $(B)) tests/faults/matrix
	JO_BUILD=$(abspath $(B)) tests/faults/receive
	JO_BUILD=$(abspath $(B)) tests/faults/damage

demo: ## the whole path, from srun to the mail, on a private Slurm (as root); DATABASE=postgresql for that
	tests/install-packages demo $(DATABASE)
	$(MAKE) -j$(cpus) all
	tests/demo/demo

demo-otel: ## a program that traces itself with OpenTelemetry: found, explained and mailed (as root)
	tests/install-packages demo
	$(MAKE) -j$(cpus) all
	tests/otel/demo

screenshot: ## README's picture of the report, from the last demo (needs chromium)
	tests/demo/screenshot

bench: ## what it costs, one "name value unit" a line (as root, for the real Slurm)
	@tests/install-packages bench
	@$(MAKE) -s -j$(cpus) bench-programs >&2
	@for b in $(bench_p) tests/bench/forward tests/bench/parts tests/bench/reading tests/bench/steps tests/bench/sampler; do $$b || exit; done
bench-programs: all $(bench_p)

install: install-plugin install-tools ## both halves; compute nodes need only install-plugin
install-plugin: $(B)/joboutliers.so $(job_programs) ## what a node needs: the plugin, sjobattr, sjobforward, the samplers
	$(if $(plugindir),,$(error plugindir is not known))
	$(INSTALL) -D -m 755 $< $(DESTDIR)$(plugindir)/joboutliers.so
	for p in $(filter-out $(B)/sjobsample,$(job_programs)); do \
		$(INSTALL) -D -m 755 $$p $(DESTDIR)$(bindir)/$${p##*/} || exit; done
	$(INSTALL) -D -m 755 $(B)/sjobsample $(DESTDIR)$(libexecdir)/joboutliers/sjobsample
	for f in spank/python/*.py; do \
		$(INSTALL) -D -m 644 $$f $(DESTDIR)$(pythondir)/$${f##*/} || exit; done
	$(INSTALL) -D -m 644 tools/sjobattr.1 $(DESTDIR)$(mandir)/man1/sjobattr.1
	$(INSTALL) -D -m 644 tools/sjobforward.8 $(DESTDIR)$(mandir)/man8/sjobforward.8
	$(INSTALL) -D -m 644 spank/joboutliers-record.5 $(DESTDIR)$(mandir)/man5/joboutliers-record.5
	$(INSTALL) -D -m 644 spank/joboutliers.8 $(DESTDIR)$(mandir)/man8/joboutliers.8
	$(INSTALL) -D -m 644 etc/plugstack.conf.d/joboutliers.conf $(DESTDIR)$(docdir)/plugstack.conf
	$(INSTALL) -D -m 644 etc/tmpfiles.d/joboutliers-plugin.conf $(DESTDIR)$(tmpfilesdir)/joboutliers-plugin.conf
	[ -d $(DESTDIR)$(localstatedir)/spool/joboutliers ] || $(INSTALL) -d -m 755 $(DESTDIR)$(localstatedir)/spool/joboutliers
	for f in joboutliers-forward.service joboutliers-forward.timer; do \
		sed 's|@bindir@|$(bindir)|' etc/systemd/$$f | \
		$(INSTALL) -D -m 644 /dev/stdin $(DESTDIR)$(unitdir)/$$f || exit; done
# A configuration or a folder that is there is the admin's.
install-tools: $(filter-out $(job_programs),$(programs)) ## what the head node needs
	for p in $^; do $(INSTALL) -D -m 755 $$p $(DESTDIR)$(bindir)/$${p##*/} || exit; done
	$(INSTALL) -D -m 644 tools/sjoboutliers.1 $(DESTDIR)$(mandir)/man1/sjoboutliers.1
	$(INSTALL) -D -m 644 tools/conf/joboutliers.conf.5 $(DESTDIR)$(mandir)/man5/joboutliers.conf.5
	$(INSTALL) -D -m 644 tools/notify/joboutliers-templates.5 $(DESTDIR)$(mandir)/man5/joboutliers-templates.5
	$(INSTALL) -D -m 644 tools/model/joboutliers-model.7 $(DESTDIR)$(mandir)/man7/joboutliers-model.7
	$(INSTALL) -D -m 644 tools/store/joboutliers-database.7 $(DESTDIR)$(mandir)/man7/joboutliers-database.7
	$(INSTALL) -D -m 644 tools/joboutliers-workflows.7 $(DESTDIR)$(mandir)/man7/joboutliers-workflows.7
	[ -d $(DESTDIR)$(localstatedir)/lib/joboutliers ] || $(INSTALL) -d -m 750 $(DESTDIR)$(localstatedir)/lib/joboutliers
	[ -e $(DESTDIR)$(sysconfdir)/joboutliers/joboutliers.conf ] || \
		$(INSTALL) -D -m 644 etc/joboutliers.conf $(DESTDIR)$(sysconfdir)/joboutliers/joboutliers.conf
	for f in systemd/joboutliers.service:$(unitdir) systemd/joboutliers.timer:$(unitdir) \
		systemd/joboutliers-receive.service:$(unitdir) \
		joboutliers.cron:$(docdir); do sed 's|@bindir@|$(bindir)|' etc/$${f%:*} | \
		$(INSTALL) -D -m 644 /dev/stdin $(DESTDIR)$${f#*:}/$$(basename $${f%:*}) || exit; done
	for f in mail-templates.de snakemake/config.yaml nextflow.config; do \
		$(INSTALL) -D -m 644 etc/$$f $(DESTDIR)$(docdir)/$$f || exit; done
	$(INSTALL) -D -m 644 etc/hooks/webhook.py $(DESTDIR)$(docdir)/hooks/webhook.py
	for f in prometheus-rules.yml grafana-dashboard.json; do \
		$(INSTALL) -D -m 644 etc/monitoring/$$f $(DESTDIR)$(docdir)/monitoring/$$f || exit; done
	$(INSTALL) -D -m 644 etc/bash-completion/sjoboutliers $(DESTDIR)$(bashdir)/sjoboutliers
	$(INSTALL) -D -m 644 etc/zsh-completion/_sjoboutliers $(DESTDIR)$(zshdir)/_sjoboutliers
	$(INSTALL) -D -m 644 etc/fish-completion/sjoboutliers.fish \
		$(DESTDIR)$(fishdir)/sjoboutliers.fish

# Packages of a tarball, in $(B)/packages: what is built here has no part in them.
packages := $(B)/packages
tarball  := $(packages)/joboutliers-$(VERSION).tar.gz
dist: $(library_files) ## the release's tarball, of git's files or of a tarball's own tree
	@packaging/dist '$(VERSION)' '$(packages)' '$(library)'
deb: dist ## Debian's packages: the tools, and the plugin for the Slurm that is found
	@tests/install-packages packages
	@packaging/deb $(tarball)
rpm: dist ## rpm's packages, the same two
	$(if $(plugindir),,$(error plugindir is not known))
	@tests/install-packages packages
	@packaging/rpm $(tarball) '$(plugindir)'
print-plugindir:
	@echo 'plugindir=$(plugindir)'

clean: ## remove the build folders
	$(RM) -r $(B) build-clang build-sanitized build-fuzz
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## */\1\t/p' Makefile
-include $(shell find $(B) \( -path $(B)/packages -o -path $(B)/before -o -path $(B)/roots \) -prune -o -name '*.d' -type f -print 2>/dev/null)
