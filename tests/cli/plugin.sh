# No file and no variable of the environment makes the reader load code: a canary plugin in HDF5's plugin folder, files that want it.
. tests/cli/lib.sh
cat >"$T/canary.c" <<'EOF'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
/* says that it was loaded; no file is opened once the reader is locked, so also by dying loudly */
__attribute__((constructor)) static void loaded(void)
{
	int fd = open(CANARY, O_CREAT | O_WRONLY, 0600);
	if (fd >= 0)
		close(fd);
}
const void *H5PLget_plugin_info(void) { return 0; }
int H5PLget_plugin_type(void) { return 0; }
EOF
mkdir "$T/plugins"
if ! ${CC:-cc} -shared -fPIC -DCANARY="\"$T/touched\"" -o "$T/plugins/libcanary.so" "$T/canary.c" 2>"$T/err"; then
	skip 'canary plugin' "cannot be built: $(head -n 1 "$T/err")"
	done_testing
	exit
fi
# the canary sings when something does load it
LD_PRELOAD="$T/plugins/libcanary.so" env true
[ -e "$T/touched" ] && ok || no 'the canary' 'says nothing when loaded'
rm -f "$T/touched"
export HDF5_PLUGIN_PATH="$T/plugins" HDF5_PLUGIN_PRELOAD="$T/plugins" HDF5_DRIVER=core
for f in tests/keras_hostile/filter_*.h5 tests/keras_hostile/link_external.h5 tests/keras_hostile/storage_*.h5; do
	for sandbox in '' --no-sandbox; do
		# shellcheck disable=SC2086
		"$TSVIZ" info $f $sandbox >"$T/out" 2>"$T/err"
		is "$f $sandbox: refused" $? 1
		[ -e "$T/touched" ] && no "$f $sandbox" 'the plugin was loaded' || ok
	done
done
"$TSVIZ" info tests/keras/keras1.h5 >"$T/out" 2>"$T/err"
is 'a good file all the same' $? 0
[ -e "$T/touched" ] && no 'a good file' 'the plugin was loaded' || ok
# the loader's variables do not reach the reading child
LD_BIND_NOW=1 LD_PRELOAD_TEST=1 "$TSVIZ" info tests/keras/keras1.h5 >"$T/out" 2>&1
is 'with LD_ variables' $? 0
done_testing
