/** Hertz of the notes, one after the other. */
const NOTES = {
  joined: [523, 784],
  departed: [784, 523],
  chat: [880],
  waiting: [659, 659, 880],
} as const;
const LENGTH = 0.13;

/** A short sound of one's own, quiet enough to speak over. */
export function chime(what: keyof typeof NOTES): void {
  if (typeof AudioContext !== 'function') return;
  const context = new AudioContext();
  const notes = NOTES[what];
  const out = new GainNode(context, { gain: 0.08 });
  out.connect(context.destination);
  for (const [at, frequency] of notes.entries()) {
    const tone = new OscillatorNode(context, { frequency, type: 'sine' });
    tone.connect(out);
    tone.start(context.currentTime + at * LENGTH);
    tone.stop(context.currentTime + (at + 1) * LENGTH);
    if (at === notes.length - 1) tone.addEventListener('ended', () => void context.close());
  }
}
