# The options screen keeps settings for the next time, on request alone; what the file said beside them stays.
. tests/cli/lib.sh
export XDG_CONFIG_HOME="$T" LC_ALL=C.UTF-8
C=$T/tsviz/config
screen() { "$TSVIZ" tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load --screen options --keys "$1" 2>&1 </dev/null; }
screen '~ T' >/dev/null
if [ -e "$C" ]; then no 'unasked' "$(cat "$C")"; else ok; fi
mkdir -p "$T/tsviz" && printf '# mine\nbind J down\ntheme = dark\n' >"$C"
if screen '~ T G enter' | grep -q 'kept for the next time'; then ok; else no 'asked' "$(screen '~ T G enter' | tail -n 2)"; fi
is 'glyphs' "$(sed -n 's/^glyphs = //p' "$C")" block
is 'theme, once' "$(sed -n 's/^theme = //p' "$C")" light
is 'the rest stays' "$(grep -cE '^# mine$|^bind J down$' "$C")" 2
# a sentence about the file names it
rm "$C" && mkdir "$C"
screen '~ T G enter' | grep -q 'tsviz/config: is a folder; name a file in it' && ok || no 'a folder: save' "$(screen '~ T G enter' | tail -n 2)"
done_testing
