/* A file of the source tree as a part of the program. The assembler reads it, from the folder in which the compiler is
 * started, the root of the tree. The compiler does not tell on which files it depends by that, so the Makefile does. */
#ifndef SRC_BUNDLE_H
#define SRC_BUNDLE_H

/* Declares SYMBOL and SYMBOL_end, the bytes of the file at PATH; a NUL follows them, as readers of text expect. */
#define BUNDLE(symbol, path)                                                       \
	__asm__(".pushsection .rodata\n"                                           \
	        ".balign 64\n" #symbol ":\n"                                       \
	        ".incbin \"" path "\"\n" #symbol "_end:\n"                         \
	        ".byte 0\n"                                                        \
	        ".popsection");                                                    \
	extern const unsigned char symbol[] __attribute__((visibility("hidden"))), \
	        symbol##_end[] __attribute__((visibility("hidden")));

#endif
