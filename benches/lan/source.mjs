// A camera that is measured: a picture of a fixed rate which carries the time at which it was painted, and reading
// that time where the picture is shown.

/** Cells of the code: 24 bits of milliseconds, four that check them. */
const CELLS = 28;

/**
 * Has a page send this instead of its camera: one layer of `rate` bits a second, and a tone for a voice. For pages of the
 * product; before they load.
 */
export const sends = (page, { width = 1280, height = 720, fps = 30, rate = 1_000_000 } = {}) =>
  page.addInitScript(paint, { width, height, fps, rate, cells: CELLS });

/** In the page, before anything else. */
function paint({ width, height, fps, rate, cells }) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { alpha: false });
  // More detail than any codec can foresee: it takes all the bits that it may.
  const grain = document.createElement('canvas');
  [grain.width, grain.height] = [width * 2, height * 2];
  const speck = grain.getContext('2d', { alpha: false });
  for (let count = 0; count < 4_000; count += 1) {
    speck.fillStyle = `hsl(${Math.random() * 360} 60% ${20 + Math.random() * 60}%)`;
    const size = 10 + Math.random() * 60;
    speck.fillRect(Math.random() * grain.width, Math.random() * grain.height, size, size);
  }
  let turn = 0;
  const draw = () => {
    turn += 1;
    context.drawImage(grain, -((turn * 7) % width), -((turn * 3) % height));
    const time = Date.now() % 2 ** 24;
    const check = (time ^ (time >> 4) ^ (time >> 8) ^ (time >> 12) ^ (time >> 16) ^ (time >> 20)) & 15;
    const cell = width / cells;
    for (let bit = 0; bit < cells; bit += 1) {
      const is = bit < 24 ? (time >> bit) & 1 : (check >> (bit - 24)) & 1;
      context.fillStyle = is ? '#fff' : '#000';
      context.fillRect(bit * cell, 0, cell + 1, height / 8);
    }
  };
  let video = null;
  let audio = null;
  const devices = navigator.mediaDevices;
  devices.getUserMedia = async (wanted) => {
    const tracks = [];
    if (wanted.video) {
      if (!video) {
        draw();
        setInterval(draw, 1_000 / fps);
        [video] = canvas.captureStream(fps).getVideoTracks();
      }
      tracks.push(video.clone());
    }
    if (wanted.audio) {
      if (!audio) {
        const sound = new AudioContext();
        const tone = sound.createOscillator();
        const out = sound.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        [audio] = out.stream.getAudioTracks();
      }
      tracks.push(audio.clone());
    }
    return new MediaStream(tracks);
  };
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function addTransceiver(what, options = {}) {
    const isCamera = options.sendEncodings?.length > 1;
    return add.call(this, what, isCamera ? { ...options, sendEncodings: [{ maxBitrate: rate, maxFramerate: fps }] } : options);
  };
  const set = RTCRtpSender.prototype.setParameters;
  RTCRtpSender.prototype.setParameters = function setParameters(parameters) {
    if (this.track?.kind === 'video') parameters.degradationPreference = 'maintain-framerate-and-resolution';
    return set.call(this, parameters);
  };
}

/**
 * Begins to note what a page shows of somebody: when each picture was presented, of which stream it was, and, every so
 * many pictures, how old it was then. Milliseconds.
 */
export const notes = (page, name) => page.evaluate(note, { name, cells: CELLS });

/** In the page. */
function note({ name, cells }) {
  const shown = { frames: [], ages: [] };
  window.shown = shown;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [cells * 4, 4];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const read = (video) => {
    context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 8, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const bits = Array.from({ length: cells }, (_, cell) => data[(canvas.width * 2 + cell * 4 + 2) * 4 + 1] > 128);
    const time = bits.slice(0, 24).reduce((all, is, bit) => all | (is << bit), 0);
    const check = bits.slice(24).reduce((all, is, bit) => all | (is << bit), 0);
    return ((time ^ (time >> 4) ^ (time >> 8) ^ (time >> 12) ^ (time >> 16) ^ (time >> 20)) & 15) === check ? time : null;
  };
  const known = new WeakSet();
  const follow = (video) => {
    const present = (_, { presentationTime }) => {
      const at = performance.timeOrigin + presentationTime;
      shown.frames.push([at, video.srcObject?.id ?? null]);
      if (shown.frames.length % 6 === 0) {
        const time = read(video);
        const age = time === null ? null : (Math.round(at) - time) % 2 ** 24;
        if (age !== null && age >= 0 && age < 10_000) shown.ages.push([at, age]);
      }
      video.requestVideoFrameCallback(present);
    };
    video.requestVideoFrameCallback(present);
  };
  const look = () => {
    const tile = [...document.querySelectorAll('li[aria-label]')].find((one) => one.getAttribute('aria-label') === name);
    for (const video of tile?.querySelectorAll('video') ?? []) {
      if (!known.has(video)) follow(video);
      known.add(video);
    }
  };
  setInterval(look, 50);
}

/** What was noted from one moment to another, in milliseconds since the epoch. */
export async function noted(page, from, to) {
  const { frames, ages } = await page.evaluate(([start, end]) => ({
    frames: window.shown.frames.filter(([at]) => at >= start && at < end),
    ages: window.shown.ages.filter(([at]) => at >= start && at < end).map(([, age]) => age),
  }), [from, to]);
  const times = frames.map(([at]) => at).sort((one, other) => one - other);
  const gaps = times.slice(1).map((at, index) => at - times[index]);
  const usual = (to - from) / Math.max(times.length, 1);
  // As the statistics of WebRTC have it.
  const freezes = gaps.filter((gap) => gap > Math.max(3 * usual, usual + 150));
  return {
    frames, fps: times.length * 1_000 / (to - from), freezes: freezes.length, frozen: freezes.reduce((all, one) => all + one, 0),
    age: median(ages), ages: ages.length,
  };
}

export function median(values) {
  const order = [...values].sort((one, other) => one - other);
  const last = order.length - 1;
  return last < 0 ? null : (order[Math.floor(last / 2)] + order[Math.ceil(last / 2)]) / 2;
}
