# Keras models as people have them: what ../shared/cases/models says comes out, to 1e-5.
. tests/cli/lib.sh
M=../shared/cases/models
[ -d $M ] || { skip 'models of ../shared/cases' 'the folder is not there'; done_testing; exit; }
right() { # MODEL NN [OPTION ...]: the outputs for NN-x.npy are NN-y.npy
	model=$1 nn=$2
	shift 2
	"$TSVIZ" predict "$M/$model" $M/$nn-x.npy -q "$@" >"$T/got" 2>"$T/err" || { no "$model" "$(cat "$T/err")"; return; }
	# float32 behind a header of 128 bytes; its second number is that of the outputs of a window
	n=$(head -c 128 $M/$nn-y.npy | LC_ALL=C tr -dc '0-9(,)' | sed 's/.*([0-9]*,\([0-9]*\)).*/\1/')
	od -An -v -tf4 -w4 -j128 $M/$nn-y.npy >"$T/want"
	awk -F, -v n="$n" 'NR > 1 && NF { for (i = 3; i < 3 + n; i++) print $i }' "$T/got" >"$T/have"
	bad=$(paste "$T/have" "$T/want" | awk '{ d = $1 - $2; if (d < 0) d = -d; if (NF != 2 || d > 1e-5) print "line " NR ": " $0 }')
	[ -s "$T/have" ] && [ -z "$bad" ] && ok || no "$model" "$bad"
}
right 03-tfoplambda-add.h5 03
right 05-multi-head-attention.keras 05
right 06-eegnet.h5 06
right 08-keras1-lstm.h5 08
"$TSVIZ" info $M/06-eegnet.h5 >"$T/out" && is 'EEGNet: steps and channels' "$(head -n 1 "$T/out")" '06-eegnet.h5: Keras 2.15.0 HDF5, 64 steps x 4 channels'
"$TSVIZ" info $M/07-sequential-without-input-shape.h5 --window 12 >"$T/out" && is 'channels of the first kernel' "$(head -n 1 "$T/out")" \
	'07-sequential-without-input-shape.h5: Keras 2.2.4-tf HDF5, 12 steps x 2 channels'
refuses 'steps that nobody said' 'say which with --window' "$TSVIZ" info $M/07-sequential-without-input-shape.h5
"$TSVIZ" info $M/09-tfoplambda-mask.h5 >"$T/out" && is 'a mask by operations' "$(grep -c TFOpLambda "$T/out")" 3
"$TSVIZ" info $M/10-model.json >"$T/out" 2>"$T/err" && is 'weights beside an architecture' "$(cat "$T/err")" \
	"tsviz: warning: 10-model.json: the weights are those of '10-model.h5' beside it; --weights names another file"
"$TSVIZ" info $M/10-model.json --weights $M/10-model.h5 >"$T/out" 2>"$T/err" && is 'weights that are named' "$(cat "$T/err")" ''
done_testing
