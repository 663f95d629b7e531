# tsviz
#
#   make                     builds build/release/tsviz
#   make demo                opens the browser on a bundled sample
#   make quick SUITE=test_saliency SCREEN=action-highlight
#                            builds, and runs the suites and compares the screens of these names, in seconds
#   make test                runs all tests of this variant (with release: the gradients in double precision, too)
#   make screens-accept      writes the expected screens anew after a wanted change; read the difference before you commit it
#   make check               the same, and never installs packages
#   make install             installs program, manual, completions and samples: PREFIX=/usr/local DESTDIR=
#   make uninstall           removes them again
#   make dist                writes build/dist/tsviz-VERSION.tar.gz, the same bytes every time
#   make clean               deletes build/
#
# Variables: VARIANT=release, debug, san, tsan, f64, bench, static, fuzz or coverage; SETUP=1 installs missing packages (tests/deps.sh);
# V=1 shows the commands; CC, PKG_CONFIG, CPPFLAGS, CFLAGS and LDFLAGS are those of the packager; NATIVE is a tsviz that runs here, where
# the one that is built does not. tests/checks.mk has the goals for everything else: lint, fuzz, hostile, bench, deb, static and others.
#
# Files are found by wildcard. A new file in a folder of core/, ui/ or src/, or in tests/unit/, needs no line here.

.DEFAULT_GOAL := all
VARIANT ?= release
PREFIX ?= /usr/local
B := build/$(VARIANT)
CC ?= cc
PKG_CONFIG ?= pkg-config
Q := $(if $(V),,@)

CFLAGS_release := -O3
CFLAGS_debug := -O0 -g
# Undefined behaviour ends a sanitized program by SIGILL, which AddressSanitizer reports with its place (tests/run.sh). A message for each
# check would be one object more to guard: 100,000 of them took a third of the time of a start.
CFLAGS_san := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow -fsanitize-undefined-trap-on-error -DTSVIZ_SAN
CFLAGS_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
CFLAGS_f64 := -O2 -DTSVIZ_F64
CFLAGS_bench := -O3 -DNDEBUG
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=all -DTSVIZ_SAN
CFLAGS_static := -O3 -DTSVIZ_STATIC
CFLAGS_coverage := -O0 -g --coverage -DTSVIZ_COVERAGE
ifeq ($(CFLAGS_$(VARIANT)),)
$(error VARIANT must be one of release, debug, san, tsan, f64, bench, static, fuzz, coverage)
endif
# A sanitized program at a fixed address starts faster: its descriptions of objects need no relocation.
PIE := $(if $(filter san,$(VARIANT)),no-pie,pie)
HARDEN := -fstack-protector-strong $(if $(filter pie,$(PIE)),-fPIE,-fno-pie) $(if $(filter release f64 bench static,$(VARIANT)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2

libs = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
LIBPKGS := ncursesw libcjson libprotobuf-c zlib
# The first time in a build folder, and whenever the libraries are gone, tests/deps.sh looks for what the goals need, and installs it
# with SETUP=1.
GOALS := $(or $(MAKECMDGOALS),all)
ifneq ($(filter check,$(GOALS)),)
override SETUP :=
endif
ifneq ($(filter-out clean layers deps,$(GOALS)),)
ifeq ($(and $(wildcard $(B)/complete),$(call libs,--libs,$(LIBPKGS))),)
COMPLETE := $(shell CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' SETUP='$(SETUP)' sh tests/deps.sh build $(patsubst check,test,$(GOALS)) && \
	mkdir -p $(B) && touch $(B)/complete && echo yes)
$(if $(COMPLETE),,$(error packages are missing))
endif
endif

# The processor that is built for. On s390x, C11 by the letter computes floats as doubles, and vectors of floats do not take these.
cpu = $(firstword $(subst -, ,$(shell $(1) -dumpmachine 2>/dev/null)))
CPU := $(call cpu,$(CC))
# Nobody reads errno after a function of mathematics. Without it a square root is one instruction.
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -fno-math-errno $(if $(filter s390x,$(CPU)),-fexcess-precision=fast) $(WARN) $(HARDEN) $(CFLAGS_$(VARIANT)) -I. -I$(B) \
	$(call libs,--cflags,$(LIBPKGS)) $(CPPFLAGS) $(CFLAGS)
# With the sanitizers' own code inside it starts faster by a fifth. clang does so unasked.
SAN_LIBS := $(if $(filter san,$(VARIANT)),$(if $(findstring clang,$(CC)),,-static-libasan -static-libubsan))
ALL_LDFLAGS := -$(PIE) -Wl,-z,relro,-z,now $(SAN_LIBS) $(filter -fsanitize=% --coverage,$(CFLAGS_$(VARIANT))) $(LDFLAGS)
LDLIBS_ALL := $(call libs,--libs,$(LIBPKGS)) -lcsv -lm -lpthread -ldl

OBJ = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c $(1)/*/*.c))
MAIN := $(B)/src/main.o
# protoc-c makes C from src/onnx/onnx.proto, in the build folder.
PB := $(B)/gen/onnx.pb-c
LIB := $(filter-out $(MAIN),$(call OBJ,core) $(call OBJ,ui) $(call OBJ,src)) $(PB).o
# A unit test links only what it uses of this archive.
ARCHIVE := $(B)/libtsviz.a
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))

# libhdf5 as a shared library loads 41 others, which costs every reading child 10 ms and 6 MB. Where the archive is installed, the part of
# it that tsviz uses is linked in. With HDF5=shared, or without the archive, the child loads the shared library. The fuzzing variant
# does that, too: then a crash inside the library can be told from one in our code.
archive = $(wildcard $(shell $(CC) -B$(patsubst -L%,%,$(firstword $(call libs,--libs-only-L,hdf5) .)) -print-file-name=$(1) 2>/dev/null))
HDF5_ARCHIVES := $(foreach a,libhdf5.a libsz.a libaec.a,$(call archive,$(a)))
HDF5 ?= $(if $(and $(word 3,$(HDF5_ARCHIVES)),$(filter-out fuzz,$(VARIANT))),static,shared)
ifeq ($(HDF5),static)
LDLIBS_ALL := $(HDF5_ARCHIVES) $(LDLIBS_ALL)
$(B)/src/keras/keras_h5.o: ALL_CFLAGS += -DTSVIZ_STATIC
endif

.PHONY: all unit quick test check deps layers demo screens-accept samples samples-check doc install uninstall dist clean
all: $(B)/tsviz
unit: $(B)/tsviz $(UNITS)

$(B)/tsviz: $(MAIN) $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
	@echo "  built $@"
$(ARCHIVE): $(LIB)
	$(Q)rm -f $@ && ar rcs $@ $^
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/tests/%: $(B)/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,--libs,check) $(LDLIBS_ALL)
$(B)/tests/test_emulator $(B)/tests/test_pen: LDLIBS_ALL += -lvterm
# The unit suites are compiled at -O1: at -O3 the compiler took nearly twice as long for them. What they call is compiled as always.
$(B)/tests/unit/%.o: ALL_CFLAGS += $(if $(filter release f64,$(VARIANT)),-O1)
# Files with flags of their own: one file knows each of these libraries, and only the kernels may fuse a multiplication with an addition.
$(B)/src/keras/keras_h5.o: ALL_CFLAGS += $(call libs,--cflags,hdf5)
$(B)/src/read/zip_read.o: ALL_CFLAGS += $(call libs,--cflags,libzip)
$(B)/core/kernels/tile.o: ALL_CFLAGS += -ffp-contract=fast
$(B)/core/kernels/figures.o: ALL_CFLAGS += -ffp-contract=off
# Generated files: the ONNX messages, and the terminals that the browser knows where the system does not. The latter are written letter
# by letter, because a string of C11 has at most 4095 of them.
$(PB).c: src/onnx/onnx.proto
	@mkdir -p $(@D)
	$(Q)protoc-c --proto_path=src/onnx --c_out=$(@D) $<
$(PB).o: $(PB).c
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-conversion -c -o $@ $<
$(B)/src/onnx/onnx_pb.o $(B)/src/onnx/onnx_pack.o: $(PB).c
$(B)/gen/terminfo.h: Makefile
	@mkdir -p $(@D)
	$(Q)for t in xterm-256color tmux-256color screen-256color linux vt100 xterm; do \
		d=$$(infocmp -0 -Q2 -q -x $$t 2>/dev/null | sed "s/./'&',/g") && [ -n "$$d" ] && \
		printf '{ "%s", (const char[]){ %s 0 } },\n' $$t "$$d"; done >$@.new; mv $@.new $@
$(B)/ui/terminal/terminfo.o: $(B)/gen/terminfo.h
# Two files take others into the program (src/read/bundle.h). The compiler does not tell on which files they depend by that.
$(B)/src/job/samples.o: $(wildcard samples/*.csv samples/*-model.json)
$(B)/src/cli/manual_pages.o: $(wildcard src/cli/pages/*)
# The objects of the tests are kept, although they are made on the way to a program.
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# As many jobs as there are processors, unless -j says otherwise.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
# These suites run in double precision as well: finite differences in single precision hide errors of 1 %.
F64_SUITES := $(addprefix build/f64/tests/,test_grad test_golden test_onnx_golden test_train test_tasks test_spectrum)
deps:
	$(Q)sh tests/deps.sh build test
test: deps
	$(Q)$(MAKE) --no-print-directory $(JOBS) VARIANT=$(VARIANT) unit
ifeq ($(VARIANT),release)
	$(Q)$(MAKE) --no-print-directory $(JOBS) VARIANT=f64 all $(F64_SUITES)
	$(Q)sh tests/run.sh release . $(F64_SUITES)
else
	$(Q)sh tests/run.sh $(VARIANT)
endif
check:
	$(Q)$(MAKE) --no-print-directory test SETUP=
quick:
	$(Q)sh tests/deps.sh quick
	$(Q)$(MAKE) --no-print-directory $(JOBS) all $(patsubst %,$(B)/tests/%,$(filter test_%,$(SUITE)))
	$(Q)sh tests/quick.sh $(VARIANT) '$(SUITE)' '$(SCREEN)'
layers:
	$(Q)sh tests/layers.sh
screens-accept: all
	$(Q)TSVIZ="$$PWD/$(B)/tsviz" sh tests/cli/screens.sh accept $(if $(SCREEN),"^($(SCREEN))$$")
demo:
	$(Q)$(MAKE) --no-print-directory $(JOBS) all
	$(Q)$(B)/tsviz demo

# tsviz trains the models of the bundled samples itself; samples-check compares them with the files in the tree. Both use the portable
# kernels, so the bits are the same on every x86-64 processor.
SAMPLES := $(patsubst samples/%-model.json,%,$(wildcard samples/*-model.json))
TRAIN_SAMPLE = $(B)/tsviz train samples/$$s.json samples/$$s.csv --isa baseline
samples: all
	awk -f samples/machine.awk >samples/machine.csv
	awk -f samples/boxes.awk >samples/boxes.csv
	awk -v mask=1 -f samples/boxes.awk >samples/boxes-mask.csv
	for s in $(SAMPLES); do $(TRAIN_SAMPLE) -o samples/$$s-model.json || exit 1; done
samples-check: all
	awk -f samples/machine.awk | cmp - samples/machine.csv
	awk -f samples/boxes.awk | cmp - samples/boxes.csv
	awk -v mask=1 -f samples/boxes.awk | cmp - samples/boxes-mask.csv
	for s in $(SAMPLES); do $(TRAIN_SAMPLE) -q -o $(B)/$$s-model.json && cmp $(B)/$$s-model.json samples/$$s-model.json || exit 1; done

# The manual and the completions, which the program prints from its own tables. A tarball of `make dist` has them in the folder doc. Where
# the program is built for another kind of machine it cannot run here: NATIVE is then one that can, which is built if it is not there.
CROSS := $(filter-out $(call cpu,cc),$(CPU))
NATIVE_B := build/native
NATIVE ?= $(if $(CROSS),$(NATIVE_B)/tsviz,$(B)/tsviz)
DOC := $(if $(wildcard doc/man),doc,$(B)/doc)
ifneq ($(B),$(NATIVE_B))
$(NATIVE_B)/tsviz:
	$(Q)$(MAKE) --no-print-directory $(JOBS) B=$(NATIVE_B) VARIANT=release CC=cc PKG_CONFIG=pkg-config CFLAGS= LDFLAGS= CPPFLAGS= all
endif
$(B)/doc/complete: $(NATIVE)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/man
	$(Q)for page in $$($(NATIVE) --manual); do $(NATIVE) --manual $$page >$(@D)/man/$$page || exit 1; done
	$(Q)for shell in bash zsh fish; do $(NATIVE) --completion $$shell >$(@D)/tsviz.$$shell || exit 1; done
	$(Q)touch $@
doc: $(if $(filter doc,$(DOC)),,$(B)/doc/complete)

SHARE = $(DESTDIR)$(PREFIX)/share
BASH_COMPLETIONS := bash-completion/completions
ZSH_COMPLETIONS := zsh/site-functions
FISH_COMPLETIONS := fish/vendor_completions.d
SAMPLE_FILES := $(filter-out %.py,$(wildcard samples/*.*)) samples/LICENSE
CLUSTER_FILES := $(wildcard samples/cluster/*.md samples/cluster/*.sh)
# What install has put there: names within PREFIX.
INSTALLED = $(SHARE)/tsviz/installed
install: all doc
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/tsviz $(DESTDIR)$(PREFIX)/bin/tsviz
	install -d $(SHARE)/tsviz/cluster
	install -m 644 $(SAMPLE_FILES) $(SHARE)/tsviz
	install -m 644 $(filter %.md,$(CLUSTER_FILES)) $(SHARE)/tsviz/cluster
	install -m 755 $(filter %.sh,$(CLUSTER_FILES)) $(SHARE)/tsviz/cluster
	for page in $(DOC)/man/*; do install -d $(SHARE)/man/man$${page##*.} && \
		install -m 644 $$page $(SHARE)/man/man$${page##*.} || exit 1; done
	install -d $(SHARE)/$(BASH_COMPLETIONS) $(SHARE)/$(ZSH_COMPLETIONS) $(SHARE)/$(FISH_COMPLETIONS)
	install -m 644 $(DOC)/tsviz.bash $(SHARE)/$(BASH_COMPLETIONS)/tsviz
	install -m 644 $(DOC)/tsviz.zsh $(SHARE)/$(ZSH_COMPLETIONS)/_tsviz
	install -m 644 $(DOC)/tsviz.fish $(SHARE)/$(FISH_COMPLETIONS)/tsviz.fish
	{ cat $(INSTALLED) 2>/dev/null; printf '%s\n' bin/tsviz $(patsubst samples/%,share/tsviz/%,$(SAMPLE_FILES) $(CLUSTER_FILES)) \
		share/$(BASH_COMPLETIONS)/tsviz share/$(ZSH_COMPLETIONS)/_tsviz share/$(FISH_COMPLETIONS)/tsviz.fish; \
		for page in $(DOC)/man/*; do echo share/man/man$${page##*.}/$${page##*/}; done; } | LC_ALL=C sort -u >$(INSTALLED).new
	chmod 644 $(INSTALLED).new && mv $(INSTALLED).new $(INSTALLED)
# Removes the files of the list that install keeps, also those of an older version, and no folder or file of others.
uninstall:
	@[ -f $(INSTALLED) ] || { echo "tsviz: $(INSTALLED) is not there, so nothing is removed; see PREFIX and DESTDIR" >&2; exit 1; }
	cd $(DESTDIR)$(PREFIX) && xargs rm -f <share/tsviz/installed
	rm -f $(INSTALLED)
	for folder in $(SHARE)/tsviz/cluster $(SHARE)/tsviz; do rmdir $$folder 2>/dev/null || true; done
dist: all doc
	$(Q)DOC=$(DOC) sh tests/package/dist.sh
clean:
	rm -rf build

include tests/checks.mk
