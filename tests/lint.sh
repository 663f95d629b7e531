#!/bin/sh
# Linters read the source; none may find anything. sh tests/lint.sh [TOOL ...], run by `make lint`. Tools: format, cppcheck, gcc, tidy.
# Each suppression is here, or in .clang-tidy, with its reason. The rules that need no linter are in tests/cli/lint.sh.
cd "$(dirname "$0")/.." || exit 2
mkdir -p build/lint
sh tests/deps.sh lint || exit 1
tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
jobs=$(nproc 2>/dev/null || echo 2)
# The build makes the headers that are generated.
make --no-print-directory all >build/lint/build.log 2>&1 || { tail -n 20 build/lint/build.log; exit 1; }
flags="-std=c11 -D_GNU_SOURCE -I. -Ibuild/release $(pkg-config --cflags ncursesw libcjson libprotobuf-c hdf5 libzip)"

format() { # the layout of .clang-format; the tests' numbers are written by programs
	find core ui src tests -name '*.[ch]' ! -name '*_numbers.h' | sort |
		xargs "$(command -v clang-format-14 || command -v clang-format)" --dry-run -Werror 2>&1
}

check() {
	# uninitvar, nullPointer: taken for certain on paths that a count or a flag excludes; clang's and gcc's analyses and the sanitizers
	#     look for the same and follow those
	# unknownEvaluationOrder: a[n++] = (struct s){ .x = x, .n = y } uses no n inside; the check reads the member's name as the variable
	# arrayIndexThenCheck: in[i] is bounded by the loop; `i < minimum` is another question
	# invalidFunctionArg: log(sum), where sum has at least the term exp(0)
	# compareBoolExpressionWithInt: node > is_model() is meant: 0 or 1 inputs
	# identicalConditionAfterEarlyExit: the label between the two is jumped to
	# nullPointerRedundantCheck: environ may be NULL after clearenv(), and the loop checks it
	# preprocessorErrorDirective: __has_include in #if is not known to it
	# uninitStructMember: output_open() sets it, or its failure is looked at first
	cppcheck --enable=warning,performance,portability --inline-suppr --std=c11 --quiet -j "$jobs" -I. -Ibuild/release \
		--template='{file}:{line}: {id}: {message}' --suppress=uninitvar --suppress=nullPointer --suppress=unknownEvaluationOrder \
		--suppress=arrayIndexThenCheck:core/graph/graph.c --suppress=invalidFunctionArg:core/model/loss.c --suppress=invalidFunctionArg:core/model/model.c \
		--suppress=compareBoolExpressionWithInt:src/keras/keras_list.c --suppress=identicalConditionAfterEarlyExit:src/keras/keras_h5.c \
		--suppress=nullPointerRedundantCheck:src/keras/keras_h5.c --suppress=preprocessorErrorDirective:src/read/sandbox.c \
		--suppress=uninitStructMember:src/verbs/cmd_info.c core ui src 2>&1
}

compiler() { # all the warnings that the Makefile asks for, and gcc's analysis of paths
	# null-dereference, use-of-uninitialized-value: gcc 12 takes what graph_add() has checked (inputs there, shapes known) for possible; the
	#     operators are some hundred such places. null-argument: likewise, where a count of 0 goes with NULL
	find core ui src -name '*.c' | sort | xargs -P"$jobs" -n1 sh -c '
		timeout 300 gcc '"$flags"' -O1 -pedantic -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -fanalyzer -Wno-analyzer-null-dereference -Wno-analyzer-null-argument -Wno-analyzer-use-of-uninitialized-value -S -o /dev/null "$1"' sh 2>&1
}

tidy() {
	find core ui src -name '*.c' | sort | xargs -P"$jobs" -n8 sh -c "$tidy"' --quiet "$@" -- '"$flags" sh 2>/dev/null
}

np=0 nf=0
[ $# -gt 0 ] || set -- format cppcheck gcc tidy
for tool; do
	case $tool in
	cppcheck) check ;;
	gcc) compiler ;;
	*) $tool ;;
	esac >build/lint/$tool.log 2>&1
	if grep -qE '(warning|error):|^[a-z]+/[^:]*:[0-9]+: ' build/lint/$tool.log; then
		grep -E '(warning|error):|^[a-z]+/[^:]*:[0-9]+: ' build/lint/$tool.log | sort -u
		nf=$((nf + 1)) && echo "FAIL $tool"
	else
		np=$((np + 1)) && echo "ok   $tool"
	fi
done
echo "$np passed, $nf failed, 0 skipped"
[ $nf -eq 0 ]
