# tsviz: make [VARIANT=release|debug|san|f64|bench], make test, make bench [PEER=1], make install PREFIX=/usr/local DESTDIR=
# Everything is found by wildcard: a new file in a folder of core/, ui/ or src/, or in tests/unit/, needs no line here.

.DEFAULT_GOAL := all
VARIANT ?= release
PREFIX ?= /usr/local
B := build/$(VARIANT)
CC ?= cc
PKG_CONFIG ?= pkg-config
Q := $(if $(V),,@)

CFLAGS_release := -O3
CFLAGS_debug := -O0 -g
CFLAGS_san := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DTSVIZ_SAN
CFLAGS_f64 := -O2 -DTSVIZ_F64
CFLAGS_bench := -O3 -DNDEBUG
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DTSVIZ_SAN
CFLAGS_static := -O3 -DTSVIZ_STATIC
CFLAGS_coverage := -O0 -g --coverage -DTSVIZ_COVERAGE
ifeq ($(CFLAGS_$(VARIANT)),)
$(error VARIANT must be one of release, debug, san, f64, bench, static, fuzz, coverage)
endif
HARDEN := -fstack-protector-strong -fPIE $(if $(filter release f64 bench static,$(VARIANT)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2

libs = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
# nobody reads errno after a function of mathematics: without it square roots are one instruction
LIBPKGS := ncursesw libcjson libprotobuf-c zlib
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -fno-math-errno $(WARN) $(HARDEN) $(CFLAGS_$(VARIANT)) -I. -I$(B) \
	$(call libs,--cflags,$(LIBPKGS)) $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now $(filter -fsanitize=% --coverage,$(CFLAGS_$(VARIANT))) $(LDFLAGS)
LDLIBS_ALL := $(call libs,--libs,$(LIBPKGS)) -lcsv -lm -lpthread -ldl

OBJ = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c $(1)/*/*.c))
CORE := $(call OBJ,core)
UI := $(call OBJ,ui)
SRC := $(call OBJ,src)
MAIN := $(B)/src/main.o
# src/onnx/onnx.proto becomes C in the build folder; src/onnx/onnx_pb.c alone includes it.
PB := $(B)/gen/onnx.pb-c
LIB := $(CORE) $(UI) $(filter-out $(MAIN),$(SRC)) $(PB).o
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))

# libhdf5's shared library brings 41 others, for drivers that are never asked for: 10 ms and 6 MB of every reading child. So what
# is used of its archive is linked in where that is installed; HDF5=shared, or without one: the child loads the library.
archive = $(wildcard $(shell $(CC) -B$(patsubst -L%,%,$(firstword $(call libs,--libs-only-L,hdf5) .)) -print-file-name=$(1) 2>/dev/null))
HDF5_ARCHIVES := $(foreach a,libhdf5.a libsz.a libaec.a,$(call archive,$(a)))
# Fuzzing tells what dies in the library from what dies in code of ours.
HDF5 ?= $(if $(and $(word 3,$(HDF5_ARCHIVES)),$(filter-out fuzz,$(VARIANT))),static,shared)
ifeq ($(HDF5),static)
LDLIBS_ALL := $(HDF5_ARCHIVES) $(LDLIBS_ALL)
$(B)/src/keras/keras_h5.o: ALL_CFLAGS += -DTSVIZ_STATIC
endif
# Libraries of one format are known to one file each.
$(B)/src/keras/keras_h5.o: ALL_CFLAGS += $(call libs,--cflags,hdf5)
$(B)/src/read/zip_read.o: ALL_CFLAGS += $(call libs,--cflags,libzip)
$(PB).c: src/onnx/onnx.proto
	@mkdir -p $(@D)
	$(Q)protoc-c --proto_path=src/onnx --c_out=$(@D) $<
$(PB).o: $(PB).c
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-conversion -c -o $@ $<
$(B)/src/onnx/onnx_pb.o $(B)/src/onnx/onnx_pack.o: $(PB).c
# Terminals that the browser knows where the system does not.
$(B)/gen/terminfo.h: Makefile
	@mkdir -p $(@D)
	$(Q)for t in xterm-256color tmux-256color screen-256color linux vt100 xterm; do \
		d=$$(infocmp -0 -Q2 -q -x $$t 2>/dev/null) && printf '{ "%s", "%s" },\n' $$t "$$d"; done >$@.new; mv $@.new $@
$(B)/ui/terminal/terminfo.o: $(B)/gen/terminfo.h
# Fused multiply-add is allowed in the kernel file alone; results elsewhere follow the C standard.
$(B)/core/kernels/tile.o: ALL_CFLAGS += -ffp-contract=fast

.PHONY: fuzz fuzz-targets deb static package-check all test unit install clean bench layers deps hostile lint demo samples samples-check
all: $(B)/tsviz

# An archive: a unit test links only what it uses.
ARCHIVE := $(B)/libtsviz.a
$(ARCHIVE): $(LIB)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/tsviz: $(MAIN) $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
	@echo "  built $@"

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: $(B)/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs,--libs,check) $(LDLIBS_ALL)

$(B)/tests/test_emulator: LDLIBS_ALL += -lvterm

# objects of the tests stay
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# Sub-make: what deps installs must be seen when the compiler flags are worked out. With release come the suites that need
# double precision: finite differences in float hide errors of 1 %.
F64_SUITES := $(addprefix build/f64/tests/,test_grad test_golden test_onnx_golden test_train)
# As many jobs as processors, where none are asked for.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
test: deps
	$(Q)$(MAKE) --no-print-directory $(JOBS) VARIANT=$(VARIANT) unit
ifeq ($(VARIANT),release)
	$(Q)$(MAKE) --no-print-directory $(JOBS) VARIANT=f64 all $(F64_SUITES)
	$(Q)sh tests/run.sh release . $(F64_SUITES)
else
	$(Q)sh tests/run.sh $(VARIANT)
endif

unit: $(B)/tsviz $(UNITS)

deps:
	$(Q)sh tests/deps.sh

layers:
	$(Q)sh tests/layers.sh

# Hostile files, given to release and sanitizer builds (python3 and python3-h5py make them).
hostile: deps
	$(Q)sh tests/hostile/run.sh

# The core and its suites on another processor, by qemu; installs what it needs. Not part of test.
test-aarch64:
	$(Q)sh tests/aarch64.sh

# Figures of the program as JSON lines. PEER=1: PyTorch's beside them, in the same run, and the ratios; ONNXRUNTIME=1: onnxruntime's
# too; ONLY="paper fcn": some of them. Never part of test: a figure is no test.
# After a wanted change of a screen: writes the expected ones anew, to be read as a diff.
.PHONY: screens-accept
screens-accept: all
	$(Q)TSVIZ="$$PWD/$(B)/tsviz" sh tests/cli/screens.sh accept

BENCH_OBJ := $(call OBJ,tests/bench)
BENCH_MAIN := $(B)/tests/bench/memory.o
$(BENCH_OBJ): ALL_CFLAGS += -ffp-contract=fast
$(B)/bench: $(filter-out $(BENCH_MAIN),$(BENCH_OBJ)) $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
$(B)/memory: $(BENCH_MAIN)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^
bench: deps
	$(Q)$(MAKE) --no-print-directory VARIANT=bench all build/bench/bench build/bench/memory
	$(Q)python3 tests/bench/run.py $(if $(PEER),--peer) $(if $(ONNXRUNTIME),--onnxruntime) $(ONLY)

# The browser on a bundled sample; where there is no terminal, a view of it as text.
demo: deps
	$(Q)$(MAKE) --no-print-directory $(JOBS) VARIANT=$(VARIANT) all
	$(Q)$(B)/tsviz demo

# The models of the bundled samples, trained by tsviz itself; samples-check: are the files here those that this build makes? Both use
# the kernels' portable code, so that the bits do not depend on which x86-64 processor it is.
SAMPLES := ecg machine
TRAIN_SAMPLE = $(B)/tsviz train samples/$$s.json samples/$$s.csv --isa baseline
samples: all
	awk -f samples/machine.awk >samples/machine.csv
	for s in $(SAMPLES); do $(TRAIN_SAMPLE) -o samples/$$s-model.json || exit 1; done
samples-check: all
	awk -f samples/machine.awk | cmp - samples/machine.csv
	for s in $(SAMPLES); do $(TRAIN_SAMPLE) -q -o $(B)/$$s-model.json && cmp $(B)/$$s-model.json samples/$$s-model.json || exit 1; done

# The manual and the completions are printed by the program, from its own tables.
install: SHARE := $(DESTDIR)$(PREFIX)/share
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/tsviz $(DESTDIR)$(PREFIX)/bin/tsviz
	install -d $(SHARE)/tsviz
	install -m 644 samples/*.csv samples/*.json samples/LICENSE $(SHARE)/tsviz
	for page in tsviz.1 tsviz-config.5 tsviz-methods.7; do \
		install -d $(SHARE)/man/man$${page##*.} && \
		$(B)/tsviz --manual $$page >$(SHARE)/man/man$${page##*.}/$$page || exit 1; done
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	$(B)/tsviz --completion bash >$(SHARE)/bash-completion/completions/tsviz
	$(B)/tsviz --completion zsh >$(SHARE)/zsh/site-functions/_tsviz
	$(B)/tsviz --completion fish >$(SHARE)/fish/vendor_completions.d/tsviz.fish

# Random bytes for every reader and parser, SECONDS each (clang): make fuzz SECONDS=60 [TARGETS='csv json']
FUZZ = $(patsubst tests/fuzz/target_%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/target_*.c))
FUZZ_PARTS := $(patsubst %,$(B)/tests/fuzz/%.o,fuzz child archive data)
$(B)/fuzz/%: $(B)/tests/fuzz/target_%.o $(FUZZ_PARTS) $(ARCHIVE)
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS_ALL)
fuzz-targets: $(FUZZ)
fuzz: deps
	$(Q)sh tests/fuzz/run.sh $(or $(SECONDS),60) $(TARGETS)

# What tools read the source for: no findings. What the tests reach of readers, saving, text gate, recipe and statistics. The command-line
# tests under valgrind. Every allocation and system call failing in turn (MOST of a use; python3, strace).
.PHONY: coverage valgrind faults ci
lint: deps
	$(Q)sh tests/lint.sh
coverage: deps
	$(Q)sh tests/coverage.sh
valgrind: all
	$(Q)sh tests/faults/valgrind.sh
faults: all
	$(Q)sh tests/faults/run.sh $(MOST)
# All of it, each stage with its own limit of time.
ci:
	$(Q)sh tests/ci.sh

# Random keys: 10 million on the screen in memory, 100,000 on the sanitizers' build in a pseudo-terminal (as root: it becomes nobody).
.PHONY: monkey
$(B)/play: $(B)/tests/fuzz/play.o $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
monkey: deps
	$(Q)$(MAKE) --no-print-directory VARIANT=release build/release/play
	$(Q)$(MAKE) --no-print-directory VARIANT=san all
	nice -n 19 build/release/play $(or $(KEYS),10000000) $(SEED)
	sh tests/fuzz/monkey.sh $(or $(TTY_KEYS),100000) $(SEED)

# A Debian package in build/deb.
deb: all
	$(Q)sh tests/package/deb.sh

# One file for old servers: nothing else is needed on them.
static: deps
	$(Q)sh tests/package/static.sh

# The package in a minimal Debian, the static program in an empty folder: both as root, in build/package.
package-check: deb static
	$(Q)sh tests/package/check.sh

clean:
	rm -rf build
