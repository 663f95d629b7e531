# Writes samples/machine.csv: a machine's pressure (bar), temperature (degrees) and torque (Nm), with point anomalies put in.
#	awk -f samples/machine.awk > samples/machine.csv
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
BEGIN {
	state = 20180208
	print "pressure,temperature,torque,state"
	load = 1
	for (t = 0; t < 10000; t++) {
		# a working cycle of 60 steps under a load that changes now and then; the temperature follows slowly
		if (uniform() < 0.004)
			load = 0.6 + 0.8 * uniform()
		smooth += 0.1 * (load - smooth)
		cycle = sin(6.283185307179586 * t / 60)
		drift = 0.97 * drift + 0.1 * noise()
		heat += 0.02 * (smooth - heat)
		pressure = 5 + smooth * (1 + 0.4 * cycle) + 0.08 * noise()
		temperature = 40 + 12 * heat + drift + 0.25 * noise()
		torque = 20 * smooth * (1 + 0.3 * sin(6.283185307179586 * (t / 60 - 0.15))) + 0.6 * noise()
		# at one step in seventy one of the three jumps: by 6 to 12 deviations of its noise, up or down
		state_name = "normal"
		if (uniform() < 1 / 70) {
			jump = (6 + 6 * uniform()) * (uniform() < 0.5 ? -1 : 1)
			which = uniform()
			if (which < 1 / 3)
				pressure += 0.08 * jump
			else if (which < 2 / 3)
				temperature += 0.25 * jump
			else
				torque += 0.6 * jump
			state_name = "anomaly"
		}
		printf "%.2f,%.1f,%.1f,%s\n", pressure, temperature, torque, state_name
	}
}
