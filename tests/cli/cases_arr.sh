# The files that the generators of ../shared/cases write: arrays, formats of the field, files that are something else. Each is read, or
# refused with a sentence that helps.
. tests/cli/lib.sh
cases=../shared/cases
if [ ! -r $cases/gen_arr.py ]; then
	skip 'files of gen_arr.py and gen_h5.py' "$cases is not there"
	done_testing
	exit
fi
cp $cases/gen_arr.py $cases/gen_h5.py "$T" && mkdir -p "$T/mod"
if ! (cd "$T" && /usr/bin/python3 gen_arr.py && /usr/bin/python3 gen_h5.py) >"$T/log" 2>&1; then
	skip 'files of gen_arr.py and gen_h5.py' "they do not run: $(tail -n 1 "$T/log")"
	done_testing
	exit
fi
# 20 steps, one channel, three classes
awk 'BEGIN { print "a,y"; for (i = 0; i < 60; i++) print sin(i) "," i % 3 }' >"$T/d.csv"
printf '{"window":20,"layers":[{"type":"GlobalAveragePooling1D"},{"type":"Dense","units":3,"activation":"softmax"}],"loss":"crossentropy","epochs":1,"recipe":{"columns":"a","label":"y"}}' >"$T/s.json"
"$TSVIZ" train "$T/s.json" "$T/d.csv" -o "$T/full.json" -q >/dev/null
/usr/bin/python3 -c 'import json, sys
m = json.load(open(sys.argv[1]))
for key in ("recipe", "channel_names", "class_names", "history"):
    m.pop(key, None)
json.dump(m, open(sys.argv[2], "w"))' "$T/full.json" "$T/m.json"
M=$T/m.json
case_of() { # FILE: read (also without the library that it needs) or a pattern of the refusal
	if [ "$2" = read ]; then
		if "$TSVIZ" predict "$M" "$T/$1" >"$T/out" 2>"$T/err"; then ok
		elif grep -qE 'is not installed, or memory is too short|was built without' "$T/err"; then skip "$1" 'its library is not there'
		else no "$1" "$(cat "$T/err")"; fi
	else
		refuses "$1" "$2" "$TSVIZ" predict "$M" "$T/$1"
	fi
}
while read -r file want; do
	case $file in '' | '#'*) continue ;; esac
	case_of "arr/$file" "$want"
done <<'END'
50_v5.mat read
51_v4.mat read
52_v73.mat MATLAB did not write this file: .*h5py\.File|is not installed|was built without
53_data.h5 is an HDF5 file; .*h5py\.File
54.wav read
55.edf read
56.hea its data are in 'r1\.dat', which cannot be opened
57.parquet pandas\.read_parquet
58.feather pandas\.read_feather
59.feather1 pandas\.read_feather
60.xlsx is an Excel file
61_csv.zip is a zip archive; unpack it: unzip
62_old.xls is an old Excel
63.pkl is a Python pickle
64.pt zip archive is damaged
65.rds readRDS
66.sqlite sqlite3 -header -csv
67.tfrecord is a TFRecord file
68.tdms nptdms
69.fif read_raw_fif
70.gdf read_raw_gdf
71.bdf its header breaks the rules of EDF and BDF|is not installed|was built without
72.nc xarray
73.mseed obspy
74.flac the sound file is damaged|is not installed|was built without
75.npy.lfs git lfs pull
76.html is a web page
77.sac the file is not text|no column holds numbers|is a SAC file
78.bin the file is not text
END
refuses 'mod/arch.json' 'holds the architecture only' "$TSVIZ" info "$T/mod/arch.json"
refuses 'mod/weights_only.h5' 'holds weights only' "$TSVIZ" info "$T/mod/weights_only.h5"
refuses 'mod/lambda.h5' "'l' \(Lambda\)" "$TSVIZ" info "$T/mod/lambda.h5"
# windows of an array and of the same array in a MATLAB file give the same
"$TSVIZ" predict "$M" "$T/arr/30_xy.npz" --json 2>/dev/null | sed 's/30_xy.npz//; s/NumPy .npz//' >"$T/a"
if "$TSVIZ" predict "$M" "$T/arr/50_v5.mat" --json 2>/dev/null | sed 's/50_v5.mat//; s/MATLAB .mat//' >"$T/b"; then
	is 'the windows of .npz and .mat' "$(cut -c 1-4000 "$T/b" | tr -d ' \n' | md5sum)" "$(cut -c 1-4000 "$T/a" | tr -d ' \n' | md5sum)"
fi

# a series with a label for each step: .mat gives what .npz gives, in predict and in train
cat >"$T/steps.py" <<'END'
import sys, numpy as np, scipy.io
x = np.sin(np.arange(120).reshape(60, 2) / 3.0)
y, words = np.arange(60) // 20, np.array(["ab", "cd", "ef"])
np.savez(sys.argv[1] + "/steps.npz", x=x, y=y)
scipy.io.savemat(sys.argv[1] + "/steps.mat", {"x": x, "y": y})
scipy.io.savemat(sys.argv[1] + "/across.mat", {"x": x.T, "y": y})
scipy.io.savemat(sys.argv[1] + "/chars.mat", {"x": x, "y": words[y]})
scipy.io.savemat(sys.argv[1] + "/cells.mat", {"x": x, "y": words.astype(object)[y]})
END
if /usr/bin/python3 "$T/steps.py" "$T" 2>/dev/null && ! "$TSVIZ" info "$M" "$T/steps.mat" 2>&1 | grep -qE 'is not installed|was built without'; then
	echo '{"window": 8, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 3, "activation": "softmax"}], "loss": "crossentropy", "epochs": 1}' >"$T/steps.json"
	"$TSVIZ" train -q "$T/steps.json" "$T/steps.npz" -o "$T/steps.m.json" 2>"$T/err" && ok || no 'train on an archive with a label for each step' "$(cat "$T/err")"
	"$TSVIZ" predict -q "$T/steps.m.json" "$T/steps.npz" >"$T/want"
	is 'labels of an archive' "$(sed 1d "$T/want" | sed 's/.*,//' | uniq -c | tr -s ' ' | tr '\n' ';')" ' 13 0; 20 1; 20 2;'
	for f in steps across chars cells; do
		"$TSVIZ" train -q "$T/steps.json" "$T/$f.mat" -o "$T/$f.m.json" 2>"$T/err" && ok || no "train on $f.mat" "$(cat "$T/err")"
		"$TSVIZ" predict -q "$T/$f.m.json" "$T/$f.mat" 2>"$T/err" | sed 's/ab/0/g; s/cd/1/g; s/ef/2/g' >"$T/got"
		cmp -s "$T/want" "$T/got" && ok || no "$f.mat" "$(cat "$T/err"; diff "$T/want" "$T/got" | head -3)"
	done
else
	skip 'labels of a series in .mat' 'python3-scipy or libmatio is not installed'
fi
done_testing
