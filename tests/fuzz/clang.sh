#!/bin/sh
# Prints the name of a clang that can build fuzzing targets, $CLANG if it is set. Fails when there is none.
for c in ${CLANG:-clang clang-19 clang-16 clang-15 clang-14}; do
	printf 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return !d && n; }' |
		"$c" -x c -fsanitize=fuzzer,address -o /dev/null - 2>/dev/null && echo "$c" && exit 0
done
exit 1
