/* tsviz-prune(7): what `tsviz prune` does and how its answer is read. */
#include "core/prune/prune.h"
#include "src/cli/manual_text.h"
#include "src/cli/prune_table.h"

static void rankings(FILE *f)
{
	fputs(".Sh WHICH FILTERS GO FIRST\n", f);
	man_paragraph(f,
	              "Of each convolution floor(ratio x filters) are removed, those that --rank puts lowest; with "
	              "--global the ratio is that of all layers together, and scores of a layer are divided by their "
	              "Euclidean norm first. Filters that an addition, a normalisation, a depthwise convolution or "
	              "a gate joins are one: they go together. What cannot be followed stays, and the report says "
	              "why. In the formulas a is the activation of filter f at step t, z the same before its "
	              "activation function, y the target: the output, of a classifier the logit of the predicted "
	              "class. S is the covariance of the channels that a layer reads, over windows and steps.");
	fputs(".Bl -tag -width Ds\n", f);
	for (int i = 0; prune_ranks[i].name; i++) {
		man_item(f, "Cm", prune_ranks[i].name);
		man_formula(f, "Score", prune_ranks[i].formula, prune_ranks[i].source);
	}
	fputs(".El\n.Pp\n", f);
	man_paragraph(f, "The choice matters much less than the repair. Between taylor and obs there is no winner over "
	                 "all networks; taylor is cheaper.");
}

static void repairs(FILE *f)
{
	fputs(".Sh REPAIR\n", f);
	man_paragraph(f, "A layer that has read a removed filter gets other weights and another bias, so that it "
	                 "computes again what it has computed before. No labels are used, and nothing is trained.");
	fputs(".Bl -tag -width Ds\n", f);
	for (int i = 0; prune_repairs[i].name; i++) {
		man_item(f, "Cm", prune_repairs[i].name);
		man_sentence(f, prune_repairs[i].formula);
	}
	fputs(".El\n", f);
	man_paragraph(
	        f, "The ridge is 1e-6 trace(S)/n for n inputs. Where there are fewer samples than twice the unknowns "
	           "of a layer, gram stands for least squares, and the report says so. gram needs only means and "
	           "covariances, so it also works from the file of a survey, on a machine that does not have the "
	           "data:");
	fputs(".Dl tsviz survey net.onnx data.csv \\-\\-shard 1/1 \\-o survey.json\n"
	      ".Dl tsviz prune net.onnx \\-\\-survey survey.json \\-\\-ratio .5 \\-o small.onnx\n",
	      f);
	man_paragraph(f,
	              "Statistics of batch normalisations stay as they are, unless --renorm takes them again from the "
	              "calibration windows. That can change predictions even where no filter is removed.");
}

static void training(FILE *f)
{
	fputs(".Sh TRAINING AFTER THE REPAIR\n", f);
	man_paragraph(f,
	              "--tune N trains the repaired network for N epochs over the calibration windows, with Adam, in "
	              "batches of 32 windows, at a rate that falls from --tune-rate to 0 by half a cosine. "
	              "--tune-on labels uses the loss of the task: the squared error, or the cross entropy of "
	              "classes. --tune-on outputs uses the mean squared distance to what the old network gives (the "
	              "logits of a classifier), and needs no labels. All weights are trained, whatever file they "
	              "come from; statistics of batch normalisations stay and dropout does nothing, so that the "
	              "network is trained as it is used.");
	man_paragraph(
	        f, "The last fifth of the calibration windows is not trained with. It decides: the weights after the "
	           "epoch with the lowest loss there are kept, or those before the training where no epoch is "
	           "lower. Held-out and test windows decide nothing. The same --seed gives the same network, "
	           "whatever the number of threads.");
}

static void windows(FILE *f)
{
	fputs(".Sh WHICH WINDOWS\n", f);
	man_paragraph(f, "The last fifth of the windows of --rows is held out; errors are reported there, and on "
	                 "--test-rows. Calibration windows are spread evenly over the others, less those that overlap "
	                 "the held-out part, 2000 at most (--calibrate). They give rankings and repairs. With "
	                 "--max-loss or --max-flips the held-out windows choose the ratio, so only --test-rows is new "
	                 "to such a network.");
	fputs(".Pp\n", f);
	man_paragraph(f,
	              "Let --rows reach beyond the rows with which the network was trained, so that the last fifth is "
	              "new to it and all rows of the training calibrate. On the electrocardiogram below, where "
	              "training ended at row 8000, --rows 0:8000 leaves the last 1600 rows of the training out of "
	              "the calibration, and the error at 80 % is 0.0281 instead of 0.0214.");
	fputs(".Pp\n", f);
	man_paragraph(
	        f, "--seeds N repeats everything N times with calibration windows that are drawn by chance, and shows "
	           "the median, the lowest and the highest of each row: a difference within this range is none.");
}

static const struct {
	const char *row, *what;
} rows[] = {
	{ "before", "the error, or the accuracy, of the network that was read" },
	{ "removed, not repaired",
	  "what the removal alone does; mostly a ruin, and no sign of what the filters were worth" },
	{ "repaired by", "the network that is written" },
	{ "and tuned", "the same after --tune; then this one is written" },
	{ "random choice", "filters by chance with the same repair: what the ranking is worth" },
	{ "last value, majority class",
	  "what is right without a network; an error near it means that nothing is left" },
	{ "changed",
	  "Of a classifier the share of predictions that are another class than before, also where both are wrong. Of "
	  "numbers the root mean squared change, by the standard deviation of the old outputs. A network can gain "
	  "accuracy while one prediction in eight flips; --max-flips stops there." },
	{ "condition",
	  "of the worst system that was solved; a large one means that filters that stay still repeat one another" },
};

static void reading(FILE *f)
{
	fputs(".Sh HOW TO READ THE ANSWER\n.Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		man_item(f, "No", rows[i].row);
		man_paragraph(f, rows[i].what);
	}
	fputs(".El\n", f);
}

void man_prune_7(FILE *f)
{
	man_head(f, "tsviz-prune", 7, "make a network smaller, and repair it");
	fputs(".Sh DESCRIPTION\n", f);
	man_paragraph(f,
	              "Filters that say what their siblings say can go, if the layers that read them are told. The "
	              "command removes filters, solves the weights of the layers behind them again, and writes a real "
	              "smaller network:");
	fputs(".Dl tsviz prune net.onnx data.csv \\-\\-ratio .5 \\-o small.onnx\n"
	      ".Dl tsviz prune net.onnx data.csv \\-\\-curve 10:90:10\n"
	      ".Dl tsviz prune net.onnx data.csv \\-\\-max\\-loss 1% \\-o small.onnx\n",
	      f);
	man_paragraph(
	        f, "The second line shows what each ratio costs before one is chosen; the third searches the largest "
	           "ratio that loses no more than 1 %.");
	rankings(f);
	repairs(f);
	training(f);
	windows(f);
	reading(f);
	fputs(".Sh MEASURED\n", f);
	man_paragraph(
	        f, "Errors and accuracies on test rows at four ratios, repaired by ls and, without another word, "
	           "ranked by taylor. The first four lines are "
	           "mean squared errors, the others accuracies. traffic is the model of the paper, ECG and machine are "
	           "the samples; the others were trained on the data of machine, with fewer filters than in the "
	           "papers. Training after it uses 1600 windows. These are windows that the network was trained with "
	           "before: where it knows them by heart, as InceptionTime does here, the windows that decide see "
	           "nothing better, and the repaired weights are kept.");
	fputs(prune_table, f);
	fputs(".Sh SEE ALSO\n"
	      ".Xr tsviz 1 ,\n"
	      ".Xr tsviz-methods 7\n",
	      f);
}
