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
wrong saved "is a TensorFlow SavedModel; .*tf\.keras\.models\.load_model\('$W/saved'\)\.save\('model\.h5'\); .*--saved-model '$W/saved' --output"
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

# Data that tsviz does not read, as the data and as the model: a name, bytes for printf, the sentence.
build=$T/net.json
"$TSVIZ" convert tests/keras/chain.h5 -o "$build" -q
other() { # NAME BYTES PATTERN [PATTERN as the model]
	printf "$2" >"$T/$1"
	refuses "$1 as the data" "^tsviz: [^ ]*$1: .*$3" "$TSVIZ" info "$build" "$T/$1"
	refuses "$1 as the model" "^tsviz: [^ ]*$1: .*${4:-data and no model; the model comes first}" "$TSVIZ" info "$T/$1"
}
zeros=$(printf '\\000%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
other lfs.npy 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n' 'git LFS .*: git lfs pull' 'git lfs pull'
other page.csv '\n  <!DOCTYPE html>\n<html><body>404</body></html>\n' 'is a web page' 'is a web page'
other rows.xml '<?xml version="1.0"?><a/>' 'is XML, .*pandas.read_xml' 'is XML'
other x.parquet "PAR1$zeros" "pandas\.read_parquet\('[^']*x\.parquet'\)\.to_csv\('x\.csv'"
other x.feather "ARROW1$zeros" "pandas\.read_feather"
other x.feather1 "FEA1$zeros" "pandas\.read_feather"
other x.orc "ORC$zeros" "pandas\.read_orc"
other x.xls "\320\317\021\340\241\261\032\341$zeros" 'Excel.*read_excel'
other x.nc "CDF\001$zeros" 'xarray\.open_dataset'
other x5.nc "CDF\005$zeros" 'xarray\.open_dataset'
other x.tdms "TDSm$zeros" 'nptdms\.TdmsFile\.read'
other x.fif "\000\000\000\144\000\000\000\037$zeros" 'mne\.io\.read_raw_fif'
other x.gdf "GDF 2.20$zeros" 'mne\.io\.read_raw_gdf'
other x.vhdr 'Brain Vision Data Exchange Header File Version 1.0\n' 'mne\.io\.read_raw_brainvision'
other x.mf4 "MDF     4.10$zeros" 'asammdf\.MDF'
other x.sqlite "SQLite format 3\000$zeros" 'sqlite3 -header -csv'
other x.rda "RDX3\nX\n$zeros" 'load\('
other x.rds "X\n\000\000\000\002$zeros" 'readRDS\('
other x.sav "\$FL2@(#)$zeros" 'pandas\.read_spss'
other x.dta '<stata_dta><header>' 'pandas\.read_stata'
other x.xpt 'HEADER RECORD*******LIBRARY HEADER' "format='xport'"
other x.mseed "000001D $zeros$zeros$zeros" 'obspy\.read'
other x.tfrecord "\012\000\000\000\000\000\000\000abcd\n\010\n\006\n\004abcdefgh" 'tf\.data\.TFRecordDataset'
other x.pdf '%%PDF-1.4\n' 'is a PDF document' 'is a PDF document'
other x.png "\211PNG\r\n\032\n$zeros" 'is an image' 'is an image'
other x.jpg "\377\330\377\340$zeros" 'is an image' 'is an image'
other x.mp3 "ID3\003$zeros" 'ffmpeg -i'
other x.7z "7z\274\257\047\034$zeros" '7z x' '7z x'
other x.rar 'Rar!\032\007' 'unrar x' 'unrar x'
other x.xz '\375''7zXZ\000' 'unxz' 'unxz'
other x.bz2 'BZh91AY' 'bunzip2' 'bunzip2'
other x.zst '\050\265\057\375ab' 'unzstd' 'unzstd'
other x.pkl "\200\004\225$zeros." 'is a Python pickle.*numpy\.save' 'is a Python pickle'
other x.h5 "\211HDF\r\n\032\n$zeros" "h5py\.File\('[^']*x\.h5'\)" 'HDF5'
member() { # the header of a zip archive's member with this name
	printf 'PK\003\004\024\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000'
	printf "\\$(printf %03o ${#1})"
	printf '\000\000\000%s' "$1"
}
zip_of() { # NAME MEMBER PATTERN
	member "$2" >"$T/$1"
	refuses "$1" "$3" "$TSVIZ" info "$build" "$T/$1"
}
zip_of x.xlsx xl/workbook.xml 'is an Excel file; .*read_excel'
zip_of x.zip data.csv "is a zip archive; unpack it: unzip '[^']*x\.zip'"
zip_of x.ods mimetypeapplication/vnd.oasis.opendocument.spreadsheet 'is an OpenDocument file'
printf 'x' | gzip -c >"$T/one" && gzip -c "$T/one" >"$T/two.gz"
refuses 'gzip in gzip' 'its unpacked content is packed with gzip; unpack it with gunzip' "$TSVIZ" info "$build" "$T/two.gz"
cp tests/foreign/two.hea tests/foreign/two_a.dat "$T"
cp "$T/two.hea" "$T/two_a.hea"
refuses 'samples of WFDB without their header' "is a part of a WFDB record; give its header: '.*two_a\.hea'" "$TSVIZ" info "$build" "$T/two_a.dat"

# Models that hold only a part.
A=$T/arch
mkdir "$A"
printf '{"class_name": "Sequential", "config": {"layers": []}, "backend": "tensorflow"}' >"$A/arch.json"
refuses 'an architecture alone' 'holds the architecture only \(model\.to_json\(\)\), .*--weights FILE\.h5' "$TSVIZ" info "$A/arch.json"
cp tests/keras/weights_only.h5 "$A/other.h5"
refuses 'an architecture beside other weights' 'no file beside it is called like it; .*--weights [^ ]*/other\.h5' "$TSVIZ" info "$A/arch.json"
cp tests/keras/weights_only.h5 "$A/arch.weights.h5" && cp tests/keras/weights_only.h5 "$A/Arch-model.h5"
refuses 'an architecture beside two files of weights' '2 files beside it could hold its weights' "$TSVIZ" info "$A/arch.json"
rm "$A"/*.h5
for ext in h5 keras onnx json hdf5 pb; do
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n' >"$A/p.$ext"
	refuses "a pointer of git LFS called .$ext" 'is a pointer of git LFS and not the file itself; in its repository run: git lfs pull' "$TSVIZ" info "$A/p.$ext"
	printf '<!DOCTYPE html>\n<html><body>404</body></html>\n' >"$A/p.$ext"
	refuses "a web page called .$ext" 'is a web page .*download the raw file' "$TSVIZ" info "$A/p.$ext"
	: >"$A/p.$ext"
	refuses "an empty file called .$ext" 'is empty' "$TSVIZ" info "$A/p.$ext"
done
rm "$A"/p.*
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n' >"$A/w.h5"
refuses 'weights that are a pointer of git LFS' "the weights '.*w\.h5': is a pointer of git LFS .*git lfs pull" "$TSVIZ" info "$A/arch.json" --weights "$A/w.h5"
: >"$A/w.h5"
refuses 'weights that are empty' "the weights '.*w\.h5': is empty" "$TSVIZ" info "$A/arch.json" --weights "$A/w.h5"
refuses 'weights that are missing' "the weights 'nothing\.h5': cannot be opened" "$TSVIZ" info "$A/arch.json" --weights nothing.h5
refuses 'weights that are no HDF5' "the weights '.*': is not an HDF5 file" "$TSVIZ" info "$A/arch.json" --weights tests/cli/lib.sh
refuses 'weights of a whole model' 'holds its weights itself; --weights belongs to an architecture' "$TSVIZ" info tests/keras/chain.h5 --weights tests/keras/chain.h5
printf '\n\020\n\001x\022\013Placeholder' >"$T/frozen.pb"
refuses 'frozen.pb' "is a frozen graph .*--graphdef '[^']*frozen\.pb'" "$TSVIZ" info "$T/frozen.pb"
printf 'model_checkpoint_path: "ckpt"\n' >"$T/checkpoint"
refuses 'checkpoint' 'is a part of a TensorFlow checkpoint' "$TSVIZ" info "$T/checkpoint"
done_testing
