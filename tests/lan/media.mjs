// What a page's connections carry and from where, and when its tiles show new pictures.
import assert from 'node:assert/strict';
import { CLOUD } from './network.mjs';

/** Has a page remember its connections, and what it says and hears of shares and pictures; before it is loaded. */
export async function watched(page) {
  await page.addInitScript(rememberConnections);
  await page.addInitScript(rememberShares);
  return page;
}

/** In the page, before anything else. */
function rememberShares() {
  const said = [];
  window.saidOfShares = said;
  const Native = window.WebSocket;
  window.WebSocket = class WebSocket extends Native {
    constructor(...options) {
      super(...options);
      this.isOfShares = /\/vnet\/(share|watch)\//.test(this.url);
      this.addEventListener('message', ({ data }) => {
        // As a device says that has no strength for more.
        if (this.isOfShares && window.mostChildren !== undefined && JSON.parse(data).type === 'opened') {
          this.send(JSON.stringify({ type: 'capacity', children: window.mostChildren }));
        }
        if (this.isOfShares || /"type":"slots"/.test(data)) said.push(['heard', Date.now(), data]);
      });
      this.addEventListener('close', ({ code }) => said.push(['closed', Date.now(), code]));
    }

    send(data) {
      if (!this.isOfShares) {
        if (/"type":"want"/.test(data)) said.push(['said', Date.now(), data]);
        super.send(data);
        return;
      }
      const message = JSON.parse(data);
      if (message.type === 'capacity' && window.mostChildren !== undefined) message.children = Math.min(message.children, window.mostChildren);
      const text = JSON.stringify(message);
      said.push(['said', Date.now(), text]);
      super.send(text);
    }
  };
}

/** Has a page send to so many devices at most; before it is loaded. */
export const sendsToAtMost = (page, children) => page.addInitScript((most) => { window.mostChildren = most; }, children);

/** What a page said and heard of shares and pictures, the last lines: for the message of a test that fails. */
export const toldOfShares = (page) => page.evaluate(() => window.saidOfShares.slice(-30)
  .map(([how, at, what]) => `${at % 1_000_000} ${how} ${String(what).slice(0, 400)}`).join('\n')).catch((error) => error.message);

/** In the page, before anything else. */
function rememberConnections() {
  const all = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...options) {
      super(...options);
      all.push(this);
    }
  };
  /** What each open connection says: from whom it comes, and its streams. */
  window.connections = () => Promise.all(all.filter((one) => one.connectionState !== 'closed').map(async (one) => {
    const report = await one.getStats();
    const stats = [...report.values()];
    const selected = stats.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
    const pair = report.get(selected) ?? stats.find(({ type, selected: is, nominated, state }) =>
      type === 'candidate-pair' && (is || (nominated && state === 'succeeded')));
    const { address, candidateType, protocol } = report.get(pair?.remoteCandidateId) ?? {};
    const streams = stats.filter(({ type }) => type === 'inbound-rtp' || type === 'outbound-rtp')
      .map(({ type, mid, kind, rid, bytesReceived, headerBytesReceived, bytesSent, framesDecoded, framesEncoded, frameWidth, freezeCount, totalFreezesDuration, framesPerSecond, totalEncodeTime }) =>
        ({ type, mid, kind, rid, bytesReceived, headerBytesReceived, bytesSent, framesDecoded, framesEncoded, frameWidth, freezeCount, totalFreezesDuration, framesPerSecond, totalEncodeTime }));
    return {
      state: one.connectionState, ice: one.iceConnectionState, remote: address ?? null, candidateType, protocol, streams,
      received: pair?.bytesReceived ?? 0, sent: pair?.bytesSent ?? 0, delay: pair?.currentRoundTripTime ?? null,
    };
  }));
}

/** The connections of a page: with the server, and with others at the site. */
export async function connections(page) {
  const all = await page.evaluate(() => window.connections());
  const up = all.filter(({ state }) => state === 'connected');
  return {
    all,
    cloud: up.filter(({ remote }) => remote === CLOUD),
    // Addresses that were hidden stay so in the statistics.
    local: up.filter(({ remote }) => remote !== CLOUD),
  };
}

/** What arrives in pictures over some connections, in all. */
export function pictures(list) {
  const streams = list.flatMap((one) => one.streams).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  const sum = (field) => streams.reduce((all, one) => all + (one[field] ?? 0), 0);
  return { frames: sum('framesDecoded'), bytes: sum('bytesReceived'), freezes: sum('freezeCount') };
}

/** Begins to note when tiles show new pictures, and when they show none. */
export const watchTiles = (page) => page.evaluate(noteTiles);

/** In the page. */
function noteTiles() {
  const known = new WeakSet();
  const noted = new Map();
  window.noted = noted;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [8, 8];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const of = (name) => {
    if (!noted.has(name)) noted.set(name, { frames: [], blank: [] });
    return noted.get(name);
  };
  const follow = (video, name) => {
    const shown = (now) => {
      if (video.isConnected) of(name).frames.push(now);
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  };
  /** What is wrong with a tile that shows no picture; `null`: it shows one. */
  const blankness = (videos) => {
    const seen = videos.filter((video) => video.readyState >= 2 && video.videoWidth > 0
      && video.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    if (seen.length === 0) {
      return videos.map((video) => `${video.readyState} ${video.videoWidth} ${video.paused} ${getComputedStyle(video).opacity}`).join(', ');
    }
    context.clearRect(0, 0, 8, 8);
    for (const video of seen) context.drawImage(video, 0, 0, 8, 8);
    const { data } = context.getImageData(0, 0, 8, 8);
    return data.every((value, index) => index % 4 === 3 || value < 24) ? `black, ${seen.length} of ${videos.length}` : null;
  };
  let last = 0;
  const look = (now) => {
    const tiles = [...document.querySelectorAll('li[aria-label]')].filter((one) => one.querySelector('video'));
    for (const tile of document.querySelectorAll('li[aria-label]')) {
      const name = tile.getAttribute('aria-label');
      for (const video of tile.querySelectorAll('video')) {
        if (!known.has(video)) follow(video, name);
        known.add(video);
      }
    }
    if (now - last > 40) {
      for (const tile of tiles) {
        const name = tile.getAttribute('aria-label');
        const what = blankness([...tile.querySelectorAll('video')]);
        if (what !== null) of(name).blank.push([now, what]);
      }
      last = now;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The moment in the page's clock. */
export const now = (page) => page.evaluate(() => performance.now());

/**
 * What was noted of somebody's tile since a moment: the longest time without a new picture, and how it was when it showed
 * none at all.
 */
export const notedSince = (page, name, since) => page.evaluate(([label, start]) => {
  const { frames = [], blank = [] } = window.noted.get(label) ?? {};
  const times = frames.filter((time) => time >= start).sort((one, other) => one - other);
  let before = frames.findLast((time) => time < start) ?? start;
  let [longest, end] = [0, start];
  for (const time of [...times, performance.now()]) {
    if (time - before > longest) [longest, end] = [time - before, time];
    before = time;
  }
  const blanks = blank.filter(([time]) => time >= start);
  const [first, last] = [blanks[0], blanks.at(-1)];
  return { longest, when: Math.round(performance.timeOrigin + end), frames: times.length, blank: first ? `${Math.round(last[0] - first[0])} ms, ${blanks.length} times: ${[...new Set(blanks.map(([, what]) => what))].join('; ')}` : '' };
}, [name, since]);

/** Fails if somebody's picture was not there for a moment, or stood still for longer than so many milliseconds. */
export async function assertSmooth(page, name, since, most) {
  const { longest, blank, when } = await notedSince(page, name, since);
  const seen = `standing still for ${Math.round(longest)} ms, until ${when % 1_000_000}; without a picture: ${blank || 'never'}`;
  if (blank || longest >= most) assert.fail(`${page.username} saw ${name} ${seen}\n${await toldOfShares(page)}`);
}
