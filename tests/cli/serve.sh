# tsviz serve: its routes beside the verbs, own windows, hostile requests, its end.
. tests/cli/lib.sh
python=/usr/bin/python3
refuses 'no data' 'nofile.csv: cannot be opened' "$TSVIZ" serve samples/machine-model.json nofile.csv
misused 'a port' "--port '70000': a whole number from 0 to 65535 is expected" "$TSVIZ" serve a b --port 70000
if [ -x $python ]; then
	said=$($python tests/cli/serve.py "$TSVIZ" 2>&1 | tail -n 25)
	if [ "$said" = skip ]; then
		skip 'routes' 'libmicrohttpd is not installed, or this is a static build'
	else
		is 'routes, hostile requests, the end' "$said" ok
	fi
else
	skip 'routes' 'no python3'
fi
done_testing
