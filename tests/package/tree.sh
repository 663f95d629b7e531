# Sourced by the scripts of this folder, in the root of the tree: what of the tree belongs to a release, and from when it is. An unpacked
# tarball may lie inside the repository of something else, so git is asked only where this folder is the top of its repository.
in_git() { [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; }
tree_version() { sed -n 's/^#define TSVIZ_VERSION "\(.*\)"$/\1/p' src/read/version.h; }
tree_files() {
	if in_git; then git ls-files
	else find . -type f ! -path './build/*' ! -path './doc/*' ! -path './.git' ! -path './.git/*' | sed 's|^\./||'; fi | LC_ALL=C sort
}
# SOURCE_DATE_EPOCH, or when the tree was changed last: so the same source gives the same bytes. All files of a tarball have one time.
tree_stamp() {
	if [ -n "$SOURCE_DATE_EPOCH" ]; then echo "$SOURCE_DATE_EPOCH"
	elif in_git; then git log -1 --format=%ct
	else stat -c %Y src/read/version.h; fi
}
