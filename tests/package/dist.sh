#!/bin/sh
# Makes build/dist/tsviz-VERSION.tar.gz: the files of the tree and, in the folder doc, the manual and the completions, so that a build for
# another kind of machine need not run the program. The same tree gives the same bytes: names are sorted, owners are 0, and the time is
# SOURCE_DATE_EPOCH, or that of the last change. Run by `make dist`, which says in DOC where manual and completions are.
set -e
cd "$(dirname "$0")/../.."
. tests/package/tree.sh
version=$(tree_version) stamp=$(tree_stamp)
name=tsviz-$version
out=build/dist
rm -rf "${out:?}/$name" "$out/$name.tar.gz"
mkdir -p "$out/$name/doc"
tree_files >"$out/files"
tar -cf - -T "$out/files" | tar -xf - -C "$out/$name"
cp -R "$DOC/man" "$DOC"/tsviz.* "$out/$name/doc/"
tar --sort=name --mtime="@$stamp" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --format=ustar -C "$out" -cf - "$name" |
	gzip -9n >"$out/$name.tar.gz"
rm -rf "${out:?}/$name" "$out/files"
echo "  wrote $out/$name.tar.gz"
