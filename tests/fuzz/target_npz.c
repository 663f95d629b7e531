/* NumPy's .npz archives: as they are, or made of one or two arrays, one behind the other. The first two bytes choose
 * the recipe. */
#include <stdlib.h>
#include "src/read/zip_read.h"
#include "tests/fuzz/archive.h"
#include "tests/fuzz/data.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	/* no array is called 1 */
	unsigned choice = (data[0] | (unsigned)data[1] << 8) & ~8u;
	data += 2;
	n -= 2;
	if (zip_probe(data, n)) {
		fuzz_data(&reader_npz, choice, data, n);
		return 0;
	}
	size_t x = fuzz_find_last(data, n, "\x93NUMPY"), size;
	x = x ? x : n;
	const struct fuzz_member members[] = { { "x.npy", data, x }, { "y.npy", data + x, n - x } };
	uint8_t *archive = fuzz_archive(members, x < n ? 2 : 1, &size);
	fuzz_data(&reader_npz, choice, archive, size);
	free(archive);
	return 0;
}
