// What share-encoded.test.mjs puts into a page: painted sources, connections, and who sends what on to whom.
import { type Carrier, encodedSupport, keepTappable, preferEncoded, tapOf } from '../../vnet-web/app/lan/share/encoded';

const BITS = 16;

/** A picture with its number as a bar code at the top, and something that moves. */
class Painted {
  readonly canvas = document.createElement('canvas');
  readonly track: MediaStreamTrack;
  painted = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(width: number, height: number, rate: number) {
    Object.assign(this.canvas, { width, height });
    this.#paint();
    const [track] = this.canvas.captureStream(rate).getVideoTracks();
    if (!track) throw new Error('a canvas without a track');
    this.track = track;
    this.#timer = setInterval(() => this.#paint(), 1000 / rate);
  }

  #paint() {
    const { width, height } = this.canvas;
    const paint = this.canvas.getContext('2d', { alpha: false });
    if (!paint) throw new Error('a canvas that takes no paint');
    this.painted += 1;
    paint.fillStyle = '#246';
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = '#fc6';
    paint.fillRect((this.painted * 7) % width, height / 2, 80, 80);
    for (let bit = 0; bit < BITS; bit++) {
      paint.fillStyle = (this.painted >> bit) & 1 ? '#fff' : '#000';
      paint.fillRect((bit * width) / BITS, 0, width / BITS, height / 8);
    }
  }

  stop() {
    clearInterval(this.#timer);
    this.track.stop();
  }
}

/** The number in a picture. */
function numberIn(video: HTMLVideoElement): number {
  const canvas = document.createElement('canvas');
  canvas.width = BITS;
  canvas.height = 1;
  const paint = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!paint) throw new Error('a canvas that takes no paint');
  const { videoWidth: width, videoHeight: height } = video;
  // At once: the next picture may come in between.
  paint.drawImage(video, 0, height / 16, width, 1, 0, 0, BITS, 1);
  const { data } = paint.getImageData(0, 0, BITS, 1);
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) if ((data[bit * 4] ?? 0) > 127) number |= 1 << bit;
  return number;
}

interface Seen {
  readonly hash: string;
  readonly type: string;
  readonly [more: string]: unknown;
}

const sources = new Map<string, Painted>();
const connections = new Map<string, RTCPeerConnection>();
const videos = new Map<string, HTMLVideoElement>();
const carriers = new Map<string, Carrier>();
const seen = new Map<string, Seen[]>();
const numbers = new Map<string, number[]>();
const sizes = new Map<string, Set<string>>();
const hashing = new Worker(new URL('./share-encoded-hash.ts', import.meta.url), { type: 'module' });
hashing.addEventListener('message', ({ data }) => seen.get(data.end)?.push(data));

function one<Value>(all: Map<string, Value>, name: string): Value {
  const value = all.get(name);
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}

/** Notes the contents of each frame at this end; every second one is held back for so many milliseconds. */
function watch(end: RTCRtpSender | RTCRtpReceiver, name: string, hold = 0) {
  seen.set(name, []);
  end.transform = new RTCRtpScriptTransform(hashing, { end: name, hold });
}

function paint(name: string, { width = 640, height = 360, rate = 30 } = {}) {
  sources.get(name)?.stop();
  sources.set(name, new Painted(width, height, rate));
}

/** A connection that sends a track, with all its candidates in the offer. */
async function offer(name: string, media: MediaStreamTrack, { watched = false, hold = 0, carrier = '' } = {}) {
  const connection = new RTCPeerConnection();
  connections.set(name, connection);
  const transceiver = connection.addTransceiver(media, { direction: 'sendonly', streams: [new MediaStream([media])] });
  if (watched) watch(transceiver.sender, name, hold);
  else preferEncoded(transceiver);
  if (carrier) one(carriers, carrier).attach(transceiver.sender);
  return described(connection, await connection.createOffer());
}

const offerSource = (name: string, source: string, options: { watched?: boolean; hold?: number } = {}) => offer(name, one(sources, source).track, options);

/** A connection that sends on what `from` receives. */
function offerOn(name: string, from: string, options: { watched?: boolean } = {}) {
  const carrier = tapOf(receiverOf(from)).carrier();
  carriers.set(name, carrier);
  return offer(name, carrier.track, { ...options, carrier: name });
}

function receiverOf(name: string) {
  const [receiver] = one(connections, name).getReceivers();
  if (!receiver) throw new Error(`${name} receives nothing`);
  return receiver;
}

/** A connection that receives what is offered. */
async function answer(name: string, sdp: string, { watched = false } = {}) {
  const connection = new RTCPeerConnection();
  connections.set(name, connection);
  connection.addEventListener('track', ({ receiver }) => (watched ? watch(receiver, name) : keepTappable(receiver)));
  await connection.setRemoteDescription({ type: 'offer', sdp });
  play(name);
  return described(connection, await connection.createAnswer());
}

function play(name: string) {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([receiverOf(name).track]) });
  document.body.append(video);
  videos.set(name, video);
  numbers.set(name, []);
  sizes.set(name, new Set());
  const next = () => {
    numbers.get(name)?.push(numberIn(video));
    sizes.get(name)?.add(`${video.videoWidth}x${video.videoHeight}`);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}

async function described(connection: RTCPeerConnection, init: RTCSessionDescriptionInit) {
  await connection.setLocalDescription(init);
  if (connection.iceGatheringState !== 'complete') {
    await new Promise<void>((done) => {
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && done());
    });
  }
  return connection.localDescription?.sdp ?? '';
}

const accept = (name: string, sdp: string) => one(connections, name).setRemoteDescription({ type: 'answer', sdp });

/** Both ends in this page. */
async function source(name: string, painted: string, options: { watched?: boolean; hold?: number } = {}) {
  const offered = await offerSource(`${name}-out`, painted, options);
  await accept(`${name}-out`, await answer(name, offered));
}
async function relay(name: string, from: string, options: { watched?: boolean } = {}) {
  const offered = await offerOn(`${name}-out`, from);
  await accept(`${name}-out`, await answer(name, offered, options));
}

/** What the relay sends to `name`: the frames of its carrier, or another track. */
async function replace(name: string, painted: string | null) {
  const [sender] = one(connections, `${name}-out`).getSenders();
  const carrier = one(carriers, `${name}-out`);
  if (!sender) throw new Error(`nothing is sent to ${name}`);
  if (painted === null) {
    carrier.attach(sender);
    await sender.replaceTrack(carrier.track);
  } else {
    await carrier.passThrough();
    await sender.replaceTrack(one(sources, painted).track);
  }
}

/** The source of `name` sends another track from now on. */
const switchSource = (name: string, painted: string) => {
  const [sender] = one(connections, `${name}-out`).getSenders();
  return sender?.replaceTrack(one(sources, painted).track);
};

/** What a connection says of its pictures. */
async function figures(name: string) {
  const all: Record<string, unknown>[] = [];
  (await one(connections, name).getStats()).forEach((report) => all.push(report));
  return all.find((report) => (report['type'] === 'inbound-rtp' || report['type'] === 'outbound-rtp') && report['kind'] === 'video') ?? {};
}

const carrier = (name: string) => {
  const found = carriers.get(name) ?? carriers.get(`${name}-out`);
  return found && { lag: found.lag, cpuMs: found.cpuMs, unfit: found.unfit };
};

function close() {
  for (const one of carriers.values()) one.stop();
  for (const one of connections.values()) one.close();
  for (const one of sources.values()) one.stop();
  for (const one of videos.values()) one.remove();
  for (const all of [carriers, connections, sources, videos, seen, numbers, sizes]) all.clear();
}

Object.assign(window, {
  encoded: {
    support: encodedSupport, paint, offerSource, offerOn, answer, accept, source, relay, replace, switchSource,
    figures, carrier, close,
    seen: (name: string) => one(seen, name), numbers: (name: string) => one(numbers, name),
    painted: (name: string) => one(sources, name).painted,
    sizes: (name: string) => [...one(sizes, name)], connections: () => [...connections.keys()],
    sections: (name: string) => one(connections, name).getTransceivers().map(({ mid }) => mid),
  },
});
