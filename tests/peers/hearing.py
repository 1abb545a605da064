"""What is heard of one voice: which tone is the strongest in the band of speech, and how much of the sound it is.

Chromium's fake microphone beeps 400 Hz for 20 ms twice a second, and its wave swings to one side only: more of it
lies near 0 Hz than at 400 Hz, and the filters of sender and codec leave their strongest traces at some 60 Hz. So
only the band of speech counts. And as a beep comes once in each half second, it would keep falling on the edge of
windows of that length, where they are blind. Windows of one second, half a second apart, weigh every moment alike.
"""

import numpy

WINDOW_SECONDS = 1.0
STEP_SECONDS = 0.5
BAND_HZ = (200.0, 4_000.0)
# A beep of 20 ms is no sharp line: nearly all of it lies within so much about its tone.
WIDTH_HZ = 60.0
# Below so much of full scale there is silence.
QUIET = 0.01


class Voice:
    """The latest second of one track."""

    def __init__(self):
        self.samples = numpy.zeros(0)
        # Of the band of speech: the level as root mean square, full scale being 1, the strongest tone,
        # and its part of the power. No tone while it is silent.
        self.level = 0.0
        self.hertz = None
        self.part = 0.0

    def feed(self, samples, rate):
        """Takes samples between -1 and 1 at so many a second."""
        self.samples = numpy.concatenate([self.samples, samples])
        length = int(rate * WINDOW_SECONDS)
        while len(self.samples) >= length:
            self._weigh(self.samples[:length], rate)
            self.samples = self.samples[int(rate * STEP_SECONDS) :]

    def _weigh(self, samples, rate):
        # Hann's window without its last point, so that two that overlap by half add up to one.
        window = numpy.hanning(len(samples) + 1)[:-1]
        power = numpy.abs(numpy.fft.rfft(samples * window)) ** 2
        hertz = numpy.arange(len(power)) * rate / len(samples)
        power[(hertz < BAND_HZ[0]) | (hertz > BAND_HZ[1])] = 0
        whole = power.sum()
        # Both halves of the spectrum, without what the window takes away (Parseval).
        self.level = float(numpy.sqrt(2 * whole / (len(samples) * (window**2).sum())))
        if self.level < QUIET:
            self.hertz, self.part = None, 0.0
            return
        strongest = hertz[numpy.argmax(power)]
        self.hertz = float(strongest)
        self.part = float(power[numpy.abs(hertz - strongest) <= WIDTH_HZ].sum() / whole)

    def said(self):
        """For a report."""
        hertz = None if self.hertz is None else round(self.hertz, 1)
        return {"hertz": hertz, "level": round(self.level, 3), "part": round(self.part, 2)}
