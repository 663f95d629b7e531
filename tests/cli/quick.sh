# make quick names what it does not know, and shows both sides of a screen that differs.
. tests/cli/lib.sh
misused 'an unknown suite' "^no suite is called 'nonsense'" sh tests/quick.sh release 'test_probe nonsense' ''
misused 'an unknown suite beside a screen' "^no suite is called 'nonsense'" sh tests/quick.sh release nonsense action-network
misused 'an unknown screen' "^no screen is called 'action-nonsense'" sh tests/quick.sh release '' 'action-network action-nonsense'
misused 'a part of a name' "^no suite is called 'test_prob'" sh tests/quick.sh release test_prob ''

# a tree with one screen, whose expected text is wrong in every line
mkdir -p "$T/tree/tests/cli" "$T/tree/tests/screens"
cp tests/cli/lib.sh tests/cli/screens.sh "$T/tree/tests/cli"
cp tests/screens/*.json tests/screens/*.csv "$T/tree/tests/screens"
grep '^action-network ' tests/screens/cases >"$T/tree/tests/screens/cases"
only() { (cd "$T/tree" && TSVIZ="$TSVIZ" sh tests/cli/screens.sh only '^(action-network)$') >"$T/out" 2>&1; }
sed 's/^/wrong /' tests/screens/action-network.txt >"$T/tree/tests/screens/action-network.txt"
only && no 'a wrong screen' 'status 0' || ok
is 'lines of the file' "$(grep -c '^[^<>]* < wrong ' "$T/out")" 6
is 'lines of the screen' "$(grep -c '^[^<>]* > ' "$T/out")" 6
# a screen that ends early, and none at all
head -n 3 tests/screens/action-network.txt >"$T/tree/tests/screens/action-network.txt"
only && no 'a short file' 'status 0' || ok
is 'lines that the file lacks' "$(grep -cE '(^|: )4 > ' "$T/out") $(grep -c ' < ' "$T/out")" '1 0'
rm "$T/tree/tests/screens/action-network.txt"
only && no 'no file' 'status 0' || ok
grep -q 'tests/screens/action-network.txt: there is no such file' "$T/out" && ok || no 'no file' "$(cat "$T/out")"
cp tests/screens/action-network.txt "$T/tree/tests/screens"
only && ok || no 'a right screen' "$(cat "$T/out")"
done_testing
