"""What `hearing` finds in sounds that are made here."""

import math
import unittest

import numpy

from hearing import Voice

RATE = 48_000


def beeps(first_at, seconds=2, hertz=400):
    """What Chromium's fake microphone sends: 20 ms, twice a second, to one side only, without what is constant.

    The filter is of first order at 20 Hz: milder than those of senders, so that more remains of what is no tone.
    """
    times = numpy.arange(RATE * seconds) / RATE
    since = (times - first_at) % 0.5
    sounds = (since < 0.02) & ((since * hertz) % 1 < 0.5)
    raw = numpy.where(sounds, -0.99, 0.0)
    keep = math.exp(-2 * math.pi * 20 / RATE)
    filtered = numpy.zeros_like(raw)
    for i in range(1, len(raw)):
        filtered[i] = keep * (filtered[i - 1] + raw[i] - raw[i - 1])
    return filtered


def heard(samples, rate=RATE):
    voice = Voice()
    for frame in numpy.array_split(samples, len(samples) * 50 // rate):
        voice.feed(frame, rate)
    return voice


class Hearing(unittest.TestCase):
    def test_a_beep_is_heard_wherever_it_falls(self):
        for first_at in numpy.arange(0, 0.5, 0.015):
            voice = heard(beeps(first_at))
            with self.subTest(first_at=first_at, said=voice.said()):
                self.assertAlmostEqual(voice.hertz, 400, delta=10)
                self.assertGreater(voice.part, 0.5)
                self.assertGreater(voice.level, 0.05)

    def test_another_beep_is_not_taken_for_it(self):
        self.assertAlmostEqual(heard(beeps(0.1, hertz=800)).hertz, 800, delta=10)

    def test_a_tone_is_nearly_the_whole_sound_and_its_level_is_right(self):
        times = numpy.arange(RATE * 2) / RATE
        voice = heard(0.25 * numpy.sin(2 * math.pi * 660 * times))
        self.assertAlmostEqual(voice.hertz, 660, delta=1)
        self.assertGreater(voice.part, 0.99)
        self.assertAlmostEqual(voice.level, 0.25 / math.sqrt(2), delta=0.001)

    def test_noise_has_no_tone_that_is_much_of_it(self):
        noise = numpy.random.default_rng(7).normal(0, 0.2, RATE * 2)
        self.assertLess(heard(noise).part, 0.1)

    def test_hum_and_silence_are_no_voice(self):
        times = numpy.arange(RATE * 2) / RATE
        for sound in (numpy.sin(2 * math.pi * 60 * times), numpy.zeros(RATE * 2), numpy.ones(RATE * 2)):
            voice = heard(sound)
            self.assertIsNone(voice.hertz)
            self.assertLess(voice.level, 0.01)

    def test_what_is_over_is_not_heard_any_more(self):
        voice = heard(numpy.concatenate([beeps(0), numpy.zeros(RATE * 2)]))
        self.assertIsNone(voice.hertz)


if __name__ == "__main__":
    unittest.main()
