/* A stream that writes to memory. */
#ifndef CORE_MEM_STREAM_H
#define CORE_MEM_STREAM_H

#include <stddef.h>
#include <stdio.h>

/* Like open_memstream of POSIX: *text is what was written, with a NUL behind it, and *n its bytes without the NUL, both
 * from each fflush and from fclose on. The caller frees *text after fclose. For lack of memory the program ends, as in
 * mem.h; it never returns NULL. What open_memstream does then is to leave the end of the text away, and neither ferror
 * nor fclose tells of it. The stream cannot be sought in, and ftell fails. */
FILE *mem_stream(char **text, size_t *n);

#endif
