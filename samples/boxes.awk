# Writes samples/boxes.csv: windows whose important points are known, so that saliency maps can be compared with them; and with mask=1
# samples/boxes-mask.csv, the same rows and channels with 1 at the important points and 0 at the others.
#	awk -f samples/boxes.awk > samples/boxes.csv
#	awk -v mask=1 -f samples/boxes.awk > samples/boxes-mask.csv
# Each window is noise with one event at a place of chance in one channel of chance: a box (one level) or a sine burst, up or down. Which
# of the two it is, is the class. So the points of the event, and no others, say the class. In some windows a bump lies at the same steps
# in another channel. Both classes have it, so it says nothing, and a map that marks it has the time right and the channel wrong.
# Options (-v NAME=VALUE):
#	windows    how many (400)
#	steps      of a window (32)
#	channels   a, b, c ... (3, at most 26)
#	amplitude  of the event, in deviations of the noise (4)
#	span       of the event in steps (10)
#	overlap    the share of windows with a bump (0.25)
#	seed       1 to 2147483646 (20210607)
# Random numbers: the minimal standard generator (Park and Miller 1988), exact in double precision, so that every awk writes the
# same file.
function uniform() {
	state = (state * 16807) % 2147483647
	return state / 2147483647
}
# mean 0, deviation 1: twelve uniform numbers less six (Irwin and Hall)
function noise(  i, sum) {
	for (i = 0; i < 12; i++)
		sum += uniform()
	return sum - 6
}
function option(value, otherwise) {
	return value == "" ? otherwise : value + 0
}
function wrong(why) {
	print "boxes.awk: " why >"/dev/stderr"
	exit 1
}
# what event `kind` adds at step k of `span`
function event(kind, k) {
	if (kind == "box")
		return 1
	if (kind == "burst")
		return sin(6.283185307179586 * (k + 0.5) / 4)
	return 1 - (2 * k + 1 - span) * (2 * k + 1 - span) / (span * span)
}
BEGIN {
	windows = option(windows, 400)
	steps = option(steps, 32)
	channels = option(channels, 3)
	amplitude = option(amplitude, 4)
	span = option(span, 10)
	overlap = option(overlap, 0.25)
	state = option(seed, 20210607)
	if (channels < 1 || channels > 26 || channels != int(channels))
		wrong("channels must be a whole number from 1 to 26")
	if (span < 1 || span > steps || span != int(span))
		wrong("span must be a whole number from 1 to steps")
	for (c = 0; c < channels; c++)
		printf "%s%s", c ? "," : "", substr("abcdefghijklmnopqrstuvwxyz", c + 1, 1)
	print mask ? "" : ",event"
	for (w = 0; w < windows; w++) {
		kind = uniform() < 0.5 ? "box" : "burst"
		from = int(uniform() * (steps - span + 1))
		channel = int(uniform() * channels)
		height = amplitude * (uniform() < 0.5 ? -1 : 1)
		# the bump: -1, no channel has it
		other = (channel + 1 + int(uniform() * (channels - 1))) % channels
		bump = amplitude * (uniform() < 0.5 ? -1 : 1)
		if (uniform() >= overlap || channels < 2)
			other = -1
		for (t = 0; t < steps; t++) {
			inside = t >= from && t < from + span
			for (c = 0; c < channels; c++) {
				value = noise()
				if (inside && c == channel)
					value += height * event(kind, t - from)
				if (inside && c == other)
					value += bump * event("bump", t - from)
				if (mask)
					printf "%s%d", c ? "," : "", inside && c == channel
				else
					printf "%s%.1f", c ? "," : "", value
			}
			print mask ? "" : "," kind
		}
	}
}
