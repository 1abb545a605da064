/** Somebody who is painted and sounded. */
export interface Likeness {
  readonly name: string;
  /** Distinguishes people: a hue and a tone are made of it. */
  readonly number: number;
}

/** A stream that was made up. */
export interface Made {
  readonly media: MediaStream;
  /** How loud somebody is now, 0 to 1. */
  level(level: number): void;
  /** Stands still, or is silent. */
  muted(muted: boolean): void;
  stop(): void;
}

/** Makes pictures and voices of people who are not there. */
export interface MediaSources {
  camera(of: Likeness): Made;
  screen(of: Likeness): Made;
  voice(of: Likeness): Made;
}

/** Streams with nothing in them, for where nothing can be drawn. */
export const emptySources: MediaSources = {
  camera: () => empty(),
  screen: () => empty(),
  voice: () => empty(),
};

function empty(): Made {
  return { media: new MediaStream(), level: () => {}, muted: () => {}, stop: () => {} };
}

/** The sources that this browser can make. */
export function ownSources(): MediaSources {
  const draws = document.createElement('canvas').getContext('2d') !== null;
  return draws && 'AudioContext' in globalThis ? new DrawnSources() : emptySources;
}

type Painter = (context: CanvasRenderingContext2D, seconds: number) => void;

/** Canvases that are painted and captured, and oscillators. One clock paints them all. */
export class DrawnSources implements MediaSources {
  readonly #painters = new Set<() => void>();
  #clock: ReturnType<typeof setInterval> | null = null;
  #audio: AudioContext | null = null;

  camera(of: Likeness): Made {
    const hue = (of.number * 47) % 360;
    let level = 0;
    let still = false;
    const made = this.#painted(480, 270, 12, (context, seconds) => {
      if (still) return;
      const { width, height } = context.canvas;
      context.fillStyle = `hsl(${hue} 45% 28%)`;
      context.fillRect(0, 0, width, height);
      const sway = Math.sin(seconds * (0.6 + (of.number % 5) / 10) + of.number) * width * 0.06;
      person(context, width / 2 + sway, height, hue, level);
      caption(context, of.name);
    });
    return {
      ...made,
      level: (now) => {
        level = now;
      },
      muted: (muted) => {
        still = muted;
      },
    };
  }

  screen(of: Likeness): Made {
    return this.#painted(1280, 720, 5, (context, seconds) => {
      const { width, height } = context.canvas;
      context.fillStyle = '#fbfbfd';
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#20242c';
      context.font = '600 40px sans-serif';
      context.fillText(`${of.name}: ${new Date().toLocaleTimeString()}`, 60, 100);
      context.font = '24px monospace';
      for (let line = 0; line < 18; line += 1) {
        const number = Math.floor(seconds) + line;
        context.fillText(
          `${number}  ${'lorem ipsum dolor sit amet '.slice(0, 8 + ((number * 7) % 19))}`,
          60,
          170 + line * 30,
        );
      }
    });
  }

  voice(of: Likeness): Made {
    this.#audio ??= new AudioContext();
    const audio = this.#audio;
    const tone = new OscillatorNode(audio, { type: 'triangle', frequency: 140 + ((of.number * 29) % 220) });
    const gain = new GainNode(audio, { gain: 0 });
    const end = new MediaStreamAudioDestinationNode(audio);
    tone.connect(gain).connect(end);
    tone.start();
    let level = 0;
    let silent = false;
    const set = () => gain.gain.setTargetAtTime(silent ? 0 : level * 0.04, audio.currentTime, 0.05);
    return {
      media: end.stream,
      level: (now) => {
        level = now;
        set();
      },
      muted: (muted) => {
        silent = muted;
        set();
      },
      stop: () => {
        tone.stop();
        for (const track of end.stream.getTracks()) track.stop();
      },
    };
  }

  #painted(width: number, height: number, framesPerSecond: number, paint: Painter): Made {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    const media = canvas.captureStream(framesPerSecond);
    let last = 0;
    const tick = () => {
      const now = performance.now();
      if (!context || now - last < 900 / framesPerSecond) return;
      last = now;
      paint(context, now / 1000);
    };
    tick();
    this.#painters.add(tick);
    this.#clock ??= setInterval(() => {
      for (const painter of this.#painters) painter();
    }, 80);
    return {
      media,
      level: () => {},
      muted: () => {},
      stop: () => {
        this.#painters.delete(tick);
        for (const track of media.getTracks()) track.stop();
        if (this.#painters.size > 0 || this.#clock === null) return;
        clearInterval(this.#clock);
        this.#clock = null;
      },
    };
  }
}

function person(
  context: CanvasRenderingContext2D,
  x: number,
  height: number,
  hue: number,
  level: number,
): void {
  context.fillStyle = `hsl(${hue} 50% 45%)`;
  context.beginPath();
  context.ellipse(x, height * 1.05, height * 0.38, height * 0.42, 0, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = `hsl(${(hue + 40) % 360} 45% 72%)`;
  context.beginPath();
  context.arc(x, height * 0.42, height * 0.2, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = '#20242c';
  for (const side of [-1, 1]) {
    context.beginPath();
    context.arc(x + side * height * 0.07, height * 0.38, height * 0.018, 0, Math.PI * 2);
    context.fill();
  }
  context.beginPath();
  context.ellipse(x, height * 0.5, height * 0.06, height * (0.008 + level * 0.05), 0, 0, Math.PI * 2);
  context.fill();
}

function caption(context: CanvasRenderingContext2D, name: string): void {
  context.fillStyle = 'rgb(255 255 255 / 70%)';
  context.font = '20px sans-serif';
  context.textAlign = 'center';
  context.fillText(name, context.canvas.width / 2, 28);
}
