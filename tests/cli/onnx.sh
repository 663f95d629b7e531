# ONNX files by the command line: what is said of damaged ones, of operators that cannot be run, of windows and layouts.
. tests/cli/lib.sh
O=tests/onnx
prints() { # NAME PATTERN CMD..
	name=$1 pattern=$2
	shift 2
	if "$@" >"$T/out" 2>"$T/err" </dev/null && grep -qE -- "$pattern" "$T/out"; then ok; else no "$name" "$(head -n 3 "$T/err" "$T/out")"; fi
}
awk 'BEGIN { print "a,b"; for (i = 1; i <= 30; i++) print i / 10 "," 2 - i / 20 }' >"$T/d.csv"
head -c 1500 $O/fcn_13.onnx >"$T/cut.onnx"
echo hello >"$T/text.onnx"
refuses 'truncated .onnx' 'cut\.onnx: byte [0-9]+: .*damaged or cut short' "$TSVIZ" info "$T/cut.onnx"
refuses 'text named .onnx' 'text\.onnx: is not an ONNX file' "$TSVIZ" info "$T/text.onnx"
for verb in predict eval analyze; do
	refuses "$verb of an unsupported operator" "unsupported\.onnx: node '/b/Det' \(Det, opset 13\)" \
		"$TSVIZ" $verb $O/unsupported.onnx "$T/d.csv"
done
prints 'its architecture' 'Det.*not supported' "$TSVIZ" info $O/unsupported.onnx
# data in other files: only plain ones of the model's own folder
mkdir "$T/m" && cp $O/beside/outside.onnx $O/beside/external.onnx "$T/m"
printf '\0\0\200\077\0\0\0\100' | tee "$T/w.bin" >"$T/real.bin"
refuses 'external data outside the folder' "outside\.onnx: tensor 's' lies in file '\.\./w\.bin'; only files in the model's own folder are read" \
	"$TSVIZ" info "$T/m/outside.onnx"
refuses 'external data that is not there' "its data are in 'w\.bin', which cannot be opened" "$TSVIZ" info "$T/m/external.onnx"
cp "$T/w.bin" "$T/m/w.bin"
prints 'external data' '^x +Input +2 x 6' "$TSVIZ" info "$T/m/external.onnx"
refuses 'external data that is forbidden' "tensor 's' lies in another file, which --no-external-data forbids" \
	"$TSVIZ" info "$T/m/external.onnx" --no-external-data
rm "$T/m/w.bin" && ln -s ../real.bin "$T/m/w.bin"
refuses 'external data behind a link' "'w\.bin', which is a link" "$TSVIZ" info "$T/m/external.onnx"
prints 'the mark in its box' 'not supported' "$TSVIZ" $O/unsupported.onnx "$T/d.csv" --screen network
prints 'why it cannot be run' "cannot be run: node '/b/Det' \(Det, opset 13\)" "$TSVIZ" $O/unsupported.onnx "$T/d.csv" --screen network
prints 'why another view cannot be had' "layers: the model cannot be run: node '/b/Det' \(Det" "$TSVIZ" $O/unsupported.onnx "$T/d.csv" --screen network --keys 2
prints 'the mark in text' 'Det .* \? .*reads a  not supported' "$TSVIZ" $O/unsupported.onnx --plain network
prints 'layers' 'block1/conv1 +Conv .* relu' "$TSVIZ" info $O/resnet_16.onnx
prints 'predictions' '^14,14,' "$TSVIZ" predict $O/fcn_13.onnx "$T/d.csv"
refuses 'another window' 'windows of 16 steps, not 9' "$TSVIZ" predict $O/fcn_13.onnx "$T/d.csv" --window 9
refuses 'a layout that does not fit' "layout NT does not fit input 'input' of rank 3" "$TSVIZ" predict $O/fcn_13.onnx "$T/d.csv" --layout NT
refuses 'no such head' "no output 'nosuch'" "$TSVIZ" info $O/fcn_13.onnx --head nosuch
prints 'operators that vanish' '^Upsample +ONNX opset 1 to 9, worked out while loading' "$TSVIZ" --ops
prints 'operators' '^GroupNormalization +ONNX opset 18 to 24$' "$TSVIZ" --ops
prints 'operators that have no gradient' '^ArgMax +ONNX opset 1 to 24, not differentiable$' "$TSVIZ" --ops

# what PyTorch's exporter by torch.dynamo writes: functions, or weights beside the file (tests/onnx/dynamo.py)
for f in flat modules; do
	"$TSVIZ" predict $O/dynamo/$f.onnx $O/dynamo/x.csv -q 2>"$T/err" | sed -n 2p | cut -d, -f3-5 >"$T/y.csv"
	worst=$(paste -d, "$T/y.csv" $O/dynamo/y.csv | awk -F, 'NF == 6 { for (i = 1; i <= 3; i++) { d = $i - $(i + 3); d = d < 0 ? -d : d; w = d > w ? d : w }; print w < 1e-6 ? "same" : w }')
	is "dynamo, $f" "$worst" same
done
prints 'dynamo: layers of functions' 'torch_nn_modules_l.*Gemm +3 +3 +99' "$TSVIZ" info $O/dynamo/modules.onnx
prints 'dynamo: layers' 'node_conv1d +Conv +4 x 16 .*norm relu +44 ' "$TSVIZ" info $O/dynamo/flat.onnx
# inputs beside the window: a state from a file goes to the child as a number does
S=tests/fuzz/seeds/onnx/states
if [ -x /usr/bin/python3 ]; then
	/usr/bin/python3 - "$T" <<'END'
import struct, sys
def npy(name, shape, v):
    head = ("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)).ljust(117) + "\n"
    with open(sys.argv[1] + "/" + name, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack("<%df" % len(v), *v))
npy("h.npy", (1, 1, 4), [0.5] * 4)
npy("flat.npy", (4,), [0.5] * 4)
npy("x.npy", (2, 12, 3), [i % 7 / 7 for i in range(72)])
END
	"$TSVIZ" predict $S "$T/x.npy" --set h0=0.5 >"$T/number" 2>"$T/err"
	"$TSVIZ" predict $S "$T/x.npy" --set "h0=$T/h.npy" >"$T/array" 2>"$T/err2"
	"$TSVIZ" predict $S "$T/x.npy" >"$T/zeros" 2>"$T/err3"
	is 'a state from a file' "$(cat "$T/array")" "$(cat "$T/number")"
	differs() { if [ "$2" = "$3" ]; then no "$1" "both are $2"; else ok; fi; }
	differs 'a state that is set' "$(cat "$T/zeros")" "$(cat "$T/number")"
	is 'what is said of the other one' "$(cat "$T/err2")" \
		'tsviz: warning: states: beside the window, these inputs are zeros: c0 (1 x 1 x 4); --set NAME=VALUE or NAME=FILE.npy sets one'
	refuses 'a state of another shape' '--set h0: the array has shape \(4\), the input takes \(1 x 1 x 4\)' "$TSVIZ" info $S --set "h0=$T/flat.npy"
else
	skip 'states from files' 'python3 is not installed'
fi
prints 'how the layout is known' "^layout: NTC \(LSTM 'n2' reads axis 1 as its steps\)$" "$TSVIZ" info $S
prints 'the list of inputs' '^input c0 \(1 x 1 x 4\): zeros; --set c0=\.\.\. sets it$' "$TSVIZ" info $S
prints 'the list of outputs' '^output cn \(1 x 1 x 4\): --head cn shows it$' "$TSVIZ" info $S
refuses 'an input that a Keras model does not have' "--set: there is no input 'a'; there are conv1d_1_input" "$TSVIZ" info tests/keras/chain.h5 --set a=1
done_testing
