# --follow: a data file that grows is read on, and a model that a training replaces is loaded again; the window stays, or goes along at
# the end of the data.
. tests/cli/lib.sh
python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1 # both import followed.py
if [ -x $python ]; then
	cp tests/screens/net.json tests/screens/load.csv "$T"
	is 'what is wrong with a file that is followed is said' "$($python tests/cli/follow_errors.py "$TSVIZ" "$T" 2>&1)" ok
	is 'files that change' "$($python tests/cli/follow.py "$TSVIZ" "$T" 2>&1)" ok
else
	skip 'files that change' 'no python3'
fi
done_testing
