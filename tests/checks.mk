# Goals for checks that are not part of `make test`, and for packages. The Makefile includes this file.

.PHONY: pictures sheets ci differential lint hostile fuzz fuzz-targets monkey coverage valgrind faults bench test-aarch64 test-s390x test-cluster test-ssh soak kills deb static package-check

# Every check that a change may have to pass, each with its own time limit.
ci:
	$(Q)sh tests/ci.sh
# README's pictures anew
pictures: all
	$(Q)sh tests/bench/pictures.sh
# Contact sheets: every view, of several networks, sizes and looks, as PNG files in the folder OUT. They are for looking at.
sheets: all
	$(Q)python3 tests/bench/sheets.py $(or $(OUT),$(B)/sheets)
# What the linters read the source for. There must be no findings.
lint:
	$(Q)sh tests/lint.sh
# Hostile files for the release and the sanitizer build.
hostile:
	$(Q)sh tests/hostile/run.sh
# How much of the readers, of saving, of the text gate, of the recipe and of the statistics the tests reach.
coverage:
	$(Q)sh tests/coverage.sh
# The tests of the command line under valgrind.
valgrind: all
	$(Q)sh tests/faults/valgrind.sh
# Every allocation and every system call fails in turn. MOST=200 is the largest number of failing points of one use.
faults: all
	$(Q)sh tests/faults/run.sh $(MOST)
# The core and the readers on other processors, by qemu: one with another instruction set, and one with the other order of bytes.
test-aarch64 test-s390x:
	$(Q)ARCH=$(@:test-%=%) sh tests/cross.sh

# The scripts of samples/cluster on this host: GNU parallel to two sshd, and an array job of Slurm. Root; it installs what it needs.
test-cluster: all
	$(Q)sh tests/cluster.sh

# Keys for SOAK seconds (600) into a browser with a session, whose memory has to stay as it is; then one that follows a file to which the
# rows of an hour are appended in this time, and is idle at the end.
soak: all
	$(Q)TSVIZ=$(B)/tsviz /usr/bin/python3 -B tests/session/soak.py $(or $(SOAK),600)
	$(Q)TSVIZ=$(B)/tsviz /usr/bin/python3 -B tests/session/soak_follow.py $(or $(SOAK),600)

# A browser over ssh whose line is cut; the next one shows the same picture. Root; openssh-server and tmux.
test-ssh: all
	$(Q)sh tests/session/ssh_cut.sh

# A survey, and a browser with a session, that are killed KILLS times (100), and go on each time.
kills: all
	$(Q)sh tests/survey/kills.sh
	$(Q)TSVIZ=$(B)/tsviz /usr/bin/python3 tests/session/kills.py $(or $(KILLS),100)

# Random bytes for every reader and parser, SECONDS for each: make fuzz SECONDS=60 TARGETS='csv json'.
FUZZ = $(patsubst tests/fuzz/target_%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/target_*.c))
FUZZ_PARTS := $(patsubst %,$(B)/tests/fuzz/%.o,fuzz child archive data)
$(B)/fuzz/%: $(B)/tests/fuzz/target_%.o $(FUZZ_PARTS) $(ARCHIVE)
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS_ALL)
fuzz-targets: $(FUZZ)
fuzz:
	$(Q)sh tests/fuzz/run.sh $(or $(SECONDS),60) $(TARGETS)

# Random keys: KEYS of them for the screen in memory, TTY_KEYS for the sanitizer build in a pseudo-terminal. It needs root, and becomes
# the user nobody.
$(B)/play: $(B)/tests/fuzz/play.o $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
monkey:
	$(Q)$(MAKE) --no-print-directory VARIANT=release build/release/play
	$(Q)$(MAKE) --no-print-directory VARIANT=san all
	nice -n 19 sh tests/fuzz/play.sh $(or $(KEYS),10000000) $(SEED)
	sh tests/fuzz/monkey.sh $(or $(TTY_KEYS),100000) $(SEED)

# Figures of speed and memory as JSON lines and a table. PEER=1 measures PyTorch in the same run and prints the ratios, ONNXRUNTIME=1
# measures onnxruntime, and ONLY="paper fcn" chooses groups. OTHER=path runs this build and that of another checkout in turn and prints
# the ratios with their spread. A figure is no test.
BENCH_OBJ := $(call OBJ,tests/bench)
BENCH_MAIN := $(B)/tests/bench/memory.o
# tests/bench/kernel.py compiles kernel.c by several compilers.
BENCH_OBJ := $(filter-out $(B)/tests/bench/kernel.o,$(BENCH_OBJ))
$(BENCH_OBJ): ALL_CFLAGS += -ffp-contract=fast
$(B)/bench: $(filter-out $(BENCH_MAIN),$(BENCH_OBJ)) $(ARCHIVE)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS_ALL)
$(B)/memory: $(BENCH_MAIN)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^
bench:
	$(Q)sh tests/deps.sh bench
	$(Q)$(MAKE) --no-print-directory VARIANT=bench all build/bench/bench build/bench/memory
	$(Q)python3 tests/bench/run.py $(if $(PEER),--peer) $(if $(ONNXRUNTIME),--onnxruntime) $(if $(OTHER),--other '$(OTHER)') \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(ONLY)

# A Debian package in build/deb; one file without libraries, for old servers, in build/static; and both tried as root, the package in a
# minimal Debian and the file in an empty folder.
deb: all
	+$(Q)HDF5=$(HDF5) sh tests/package/deb.sh
static:
	+$(Q)sh tests/package/static.sh
package-check: deb static
	$(Q)sh tests/package/check.sh

# Random graphs of every operator against onnxruntime and finite differences, which needs npm's registry and Debian's python3-onnx:
# make differential GRAPHS=500 SEED=1 OP=Conv. The seeds are printed; tests/differential/known.txt lists what onnxruntime does otherwise.
# What prune writes of every network of the tests is compared, too.
differential: all
	$(Q)$(MAKE) --no-print-directory VARIANT=f64 all
	$(Q)sh tests/deps.sh differential
	$(Q)mkdir -p build/differential
	$(Q)[ -d build/differential/node_modules/onnxruntime-node ] || \
		npm install --silent --ignore-scripts --prefix build/differential onnxruntime-node@1.20.1
	$(Q)GRAPHS='$(GRAPHS)' SEED='$(SEED)' OP='$(OP)' /usr/bin/python3 tests/differential/run.py
	$(Q)/usr/bin/python3 tests/differential/pruned.py
