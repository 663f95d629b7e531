# Models in formats that are not read: recognised by content, whatever they are called, and refused with what to run (tests/gen_wrong.py).
. tests/cli/lib.sh
W=tests/wrong
onnx='torch\.onnx\.export\(model\.eval\(\), torch\.zeros\(1, CHANNELS, STEPS\), .model\.onnx., opset_version=17\)'
wrong() { # FILE PATTERN: under its own name and without one
	refuses "$1" "^tsviz: .*$2" "$TSVIZ" info "$W/$1"
	[ -f "$W/$1" ] || return
	cp "$W/$1" "$T/plain"
	refuses "$1, named otherwise" "^tsviz: .*$2" "$TSVIZ" info "$T/plain"
}
wrong module.pt "is a PyTorch model; run in Python: import torch; model = torch\.load\('[^']*(module\.pt|plain)'.*$onnx"
wrong old_module.pth "is a PyTorch model; .*torch\.load\('.*$onnx"
wrong weights.pt "holds PyTorch weights only, .*model\.load_state_dict\(torch\.load\('[^']*(weights\.pt|plain)'.*$onnx"
wrong old_weights.pth "holds PyTorch weights only, .*$onnx"
wrong script.pt "is a TorchScript model; .*torch\.jit\.load\('.*$onnx"
wrong model.pkl "is a Python pickle, which only Python can open, .*pickle\.load"
wrong model.safetensors "holds weights only \(safetensors\).*load_file\('.*$onnx"
wrong model.tflite "is a TensorFlow Lite model; .*tf2onnx\.convert --tflite '[^']*(model\.tflite|plain)' --output model\.onnx --opset 17"
wrong saved "is a TensorFlow SavedModel; .*--saved-model '$W/saved' --output"
refuses 'saved_model.pb' "is a TensorFlow SavedModel; .*--saved-model '$W/saved' --output" "$TSVIZ" info $W/saved/saved_model.pb
wrong keras_saved "is a Keras 2 SavedModel; .*tf_keras\.models\.load_model\('$W/keras_saved'\)\.save\('model\.h5'\)"
wrong saved.zip "is an archive of a TensorFlow SavedModel; .*unzip -d saved"
wrong array.npy "is a NumPy array, data and no model"
wrong arrays.npz "is a NumPy archive, data and no model"
refuses 'weights of Keras 2' "holds weights only, .*model\.load_weights\('tests/keras/weights_only\.h5'\); model\.save" "$TSVIZ" info tests/keras/weights_only.h5
refuses 'weights of Keras 3' "holds weights only, .*model\.load_weights" "$TSVIZ" info $W/keras3.weights.h5
printf '\033]0;x\007' >"$T/name"
cp $W/model.tflite "$T/$(printf 'a\033[2Jb')"
refuses 'a name with escapes' "is a TensorFlow Lite model" "$TSVIZ" info "$T/$(printf 'a\033[2Jb')"
if LC_ALL=C grep -q "$(printf '\033')" "$T/err"; then no 'a name with escapes' 'reaches the terminal'; else ok; fi
done_testing
