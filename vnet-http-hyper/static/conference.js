// A meeting on the embedded media server, without any page around it: the socket, the peer connection and
// the state of the meeting. `docs/protocol.md` says what the messages mean.

/** The protocol that this speaks. */
const VERSION = 1;
/** How many pictures and voices of others can play at the same time. */
const VIDEO_SLOTS = 12;
const AUDIO_SLOTS = 6;
/** The camera's layers, smallest first. */
const CAMERA_LAYERS = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const SCREEN = { maxBitrate: 2_500_000 };
/** Close codes after which one does not come back by oneself: left, removed, elsewhere, ended, no media, refused. */
const FINAL = new Set([1000, 4400, 4403, 4409, 4410, 4412, 4423]);
/** Close codes after which a new ticket is needed: shutting down, unauthorised, failed. */
const ANEW = new Set([1001, 4401, 4500]);
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** So long "disconnected" may pass by itself before the addresses are negotiated anew. */
const PATIENCE = 2_500;
/** Whatever is asked is answered within this, or the socket is dead without knowing. */
const ANSWER_WITHIN = 8_000;

const sleep = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/** A refusal of the server: `code` is one of the protocol's error ids or an HTTP status. */
export class ConferenceError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * One's own place in a meeting. Events: `state` (joining, waiting, joined, reconnecting, left), `change`
 * (anybody or anything in the meeting), `slots`, `speakers`, `quality`, `chat`, `reaction`, `muted`
 * (by a host), `nomedia` (none has come so far), `refused`.
 */
export class Conference extends EventTarget {
  /** @param {string} joinUrl where tickets come from */
  constructor(joinUrl) {
    super();
    this.joinUrl = joinUrl;
    this.state = 'idle';
    this.local = { microphone: null, camera: null, screen: null, screen_audio: null };
    this.muted = { microphone: false, camera: false };
    this.counts = { offers: 0, joins: 0, resumes: 0, restarts: 0, sockets: 0 };
    this.clear();
    this.moved = this.moved.bind(this);
    window.addEventListener('online', this.moved);
    this.away = this.away.bind(this);
    window.addEventListener('pagehide', this.away);
  }

  clear() {
    this.you = null;
    this.session = null;
    this.lastEvent = 0;
    this.participants = new Map();
    this.tracks = new Map();
    this.waiting = new Map();
    this.chat = [];
    this.meeting = null;
    this.slots = new Map();
    this.speakers = [];
    this.dominant = null;
    this.qualities = new Map();
    this.senders = new Map();
    this.pending = new Map();
    this.nextId = 1;
    this.newAddresses = false;
  }

  emit(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  setState(state, detail) {
    if (this.state === 'left') return;
    this.state = state;
    this.emit('state', { state, ...detail });
  }

  /** Enters with what `local` holds; resolves when one is in (after the lobby, if there is one). */
  async join(local = {}) {
    Object.assign(this.local, local);
    this.setState('joining');
    const entered = new Promise((done, failed) => { this.entered = { done, failed }; });
    this.enter().catch((error) => this.fail(error));
    return entered;
  }

  /** Gets a ticket, offers, and says `join`. */
  async enter() {
    this.counts.joins += 1;
    const ticket = await this.ticket();
    this.clear();
    this.you = null;
    this.url = new URL(ticket.url, document.baseURI.replace(/^http/, 'ws')).href;
    this.role = ticket.role;
    await this.connectMedia(ticket.ice_servers);
    const publish = [];
    for (const source of ['microphone', 'camera', 'screen', 'screen_audio']) {
      if (!this.local[source]) continue;
      const { mid } = this.senders.get(source);
      publish.push({ source, mid, muted: this.muted[source] ?? false });
    }
    const join = { type: 'join', version: VERSION, ticket: ticket.ticket, offer: this.pc.localDescription.sdp, publish };
    // Who one was before the page was loaded anew, should the server not have heard of it.
    const before = this.earlier();
    if (before) join.replaces = before;
    this.openSocket(join);
  }

  async ticket() {
    const answer = await fetch(this.joinUrl, { method: 'POST', headers: { Accept: 'application/json' } });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const error = new ConferenceError(answer.status, body.detail ?? body.message ?? `the server says ${answer.status}`);
      error.again = answer.status === 429 || answer.status >= 500;
      throw error;
    }
    if (body.provider !== 'sfu') throw new ConferenceError('provider', `this page cannot join meetings of "${body.provider}"`);
    return body;
  }

  /* ---------- media ---------- */

  async connectMedia(iceServers) {
    this.pc?.close();
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.pc = pc;
    const add = (source, kind, encodings) => {
      const options = { direction: 'sendonly', ...(encodings && { sendEncodings: encodings }) };
      const transceiver = pc.addTransceiver(this.local[source] ?? kind, options);
      this.senders.set(source, transceiver);
    };
    add('microphone', 'audio');
    add('camera', 'video', CAMERA_LAYERS.map((layer) => ({ ...layer })));
    add('screen', 'video', [{ ...SCREEN }]);
    add('screen_audio', 'audio');
    for (let count = 0; count < AUDIO_SLOTS; count += 1) pc.addTransceiver('audio', { direction: 'recvonly' });
    for (let count = 0; count < VIDEO_SLOTS; count += 1) pc.addTransceiver('video', { direction: 'recvonly' });
    pc.addEventListener('iceconnectionstatechange', () => this.watch(pc));
    await this.offer();
  }

  async offer(options) {
    this.counts.offers += 1;
    await this.pc.setLocalDescription(await this.pc.createOffer(options));
  }

  async answered(answer, slots) {
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer });
    const byMid = new Map(this.pc.getTransceivers().map((transceiver) => [transceiver.mid, transceiver]));
    for (const { mid, kind } of slots) {
      const known = this.slots.get(mid) ?? { mid, kind, track: null, paused: false };
      known.media = byMid.get(mid)?.receiver.track ?? null;
      this.slots.set(mid, known);
    }
    this.emit('slots');
  }

  /** Negotiates the addresses anew when the connection does not come back by itself. */
  async watch(pc) {
    this.emit('media', pc.iceConnectionState);
    if (pc !== this.pc) return;
    if (pc.iceConnectionState === 'failed') await this.restart();
    if (pc.iceConnectionState !== 'disconnected') return;
    await sleep(PATIENCE);
    if (pc === this.pc && pc.iceConnectionState === 'disconnected') await this.restart();
  }

  /** An ICE restart: the same media, new addresses. */
  async restart() {
    if (this.state !== 'joined' || this.restarting) return;
    this.restarting = true;
    this.counts.restarts += 1;
    const { pc } = this;
    try {
      await this.offer({ iceRestart: true });
      const { answer, slots } = await this.request({ type: 'offer', offer: pc.localDescription.sdp });
      if (pc === this.pc) await this.answered(answer, slots);
    } catch (error) {
      // Lost with the socket: the offer is taken back, and what comes next decides.
      if (pc.signalingState === 'have-local-offer') await pc.setLocalDescription({ type: 'rollback' }).catch(() => {});
    } finally {
      this.restarting = false;
    }
  }

  /** Another network: the socket of the old one leads nowhere, and the addresses of the media are others. */
  moved() {
    this.newAddresses = true;
    if (this.state === 'joined') this.lost(this.socket, 'the network changed');
  }

  /** Sends `track` (or nothing) as `source`: a switched device, a shared screen, a camera that is off. */
  async setTrack(source, track) {
    this.local[source] = track;
    if (!this.pc) return;
    await this.senders.get(source).sender.replaceTrack(track);
    if (this.state !== 'joined') return;
    const own = this.ownTrack(source);
    if (track && !own) {
      await this.request({ type: 'publish', source, mid: this.senders.get(source).mid, muted: false });
    } else if (!track && own && source.startsWith('screen')) {
      await this.request({ type: 'unpublish', track: own.id });
    }
  }

  /** Says that a source is silent, or is not any more. */
  async setMuted(source, muted) {
    this.muted[source] = muted;
    if (this.local[source]) this.local[source].enabled = !muted;
    const own = this.ownTrack(source);
    if (own && this.state === 'joined') await this.request({ type: 'mute', track: own.id, muted });
    this.emit('change');
  }

  /** Encodes the layers that somebody wants, and no others. */
  async encode({ track, layers }) {
    const own = this.tracks.get(track);
    const sender = own && this.senders.get(own.source)?.sender;
    if (!sender || own.participant !== this.you) return;
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) return;
    for (const encoding of parameters.encodings) {
      encoding.active = layers.includes(encoding.rid ?? '') || (parameters.encodings.length === 1 && layers.length > 0);
    }
    await sender.setParameters(parameters).catch(() => { /* another one is under way; the next message corrects it */ });
  }

  ownTrack(source) {
    return [...this.tracks.values()].find((track) => track.participant === this.you && track.source === source);
  }

  /** The slot that plays `track`, if one does. */
  slotOf(track) {
    return [...this.slots.values()].find((slot) => slot.track === track);
  }

  /* ---------- the socket ---------- */

  openSocket(first) {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.counts.sockets += 1;
    // A refusal is followed by a close code, which says how to go on.
    socket.addEventListener('open', () => this.say(first));
    setTimeout(() => { if (socket.readyState === WebSocket.CONNECTING) this.lost(socket, 'no connection'); }, ANSWER_WITHIN);
    // One message after the other, also those that take time to be done.
    let before = Promise.resolve();
    socket.heard = 0;
    socket.addEventListener('message', ({ data }) => {
      socket.heard = performance.now();
      const message = JSON.parse(data);
      before = before.then(() => (socket === this.socket ? this.hear(message) : null)).catch((error) => this.emit('fault', error));
    });
    socket.addEventListener('close', (event) => before.then(() => this.closed(socket, event)));
  }

  /** Says something; resolves with the answer. */
  request(message) {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new ConferenceError('socket', 'not connected'));
    const id = this.nextId;
    this.nextId += 1;
    socket.send(JSON.stringify({ ...message, id }));
    const sent = performance.now();
    setTimeout(() => { if (this.pending.has(id) && socket.heard < sent) this.lost(socket, 'no answer'); }, ANSWER_WITHIN);
    return new Promise((done, failed) => this.pending.set(id, { done, failed }));
  }

  /** Gives up a socket that may not notice for minutes that it leads nowhere. */
  lost(socket, reason) {
    socket?.close();
    this.closed(socket, { code: 1006, reason });
  }

  /** Says something and minds no refusal. */
  say(message) {
    return this.request(message).catch((error) => {
      if (error.code !== 'socket') this.emit('refused', error);
      return null;
    });
  }

  async closed(socket, { code, reason }) {
    // One that was given up may close long after.
    if (!socket || socket !== this.socket) return;
    this.socket = null;
    for (const { failed } of this.pending.values()) failed(new ConferenceError('socket', 'the connection was lost'));
    this.pending.clear();
    if (this.state === 'left') return;
    this.lastClose = { code, reason };
    if (FINAL.has(code)) {
      this.end(code, reason);
      return;
    }
    this.setState('reconnecting', { code, reason });
    const anew = ANEW.has(code) || !this.session;
    this.pause = Math.min(this.pause ? this.pause * 2 : FIRST_PAUSE, LONGEST_PAUSE);
    // Not all at once, when all of them lost it together.
    await sleep(this.pause * (0.5 + Math.random()));
    if (this.socket || this.state === 'left') return;
    if (anew) this.enter().catch((error) => this.fail(error));
    else this.openSocket({ type: 'resume', version: VERSION, session: this.session, last_event: this.lastEvent });
  }

  async fail(error) {
    if (this.state === 'left') return;
    // The server may be on its way back: a failed fetch is a TypeError.
    if (!(error instanceof TypeError) && !error.again) {
      this.entered?.failed(error);
      this.end(null, error.message);
      return;
    }
    this.setState('reconnecting', { reason: error.message });
    this.pause = Math.min(this.pause ? this.pause * 2 : FIRST_PAUSE, LONGEST_PAUSE);
    await sleep(this.pause * (0.5 + Math.random()));
    if (this.state !== 'left') this.enter().catch((next) => this.fail(next));
  }

  /** The page goes away: the others need not wait for it. */
  away() {
    if (this.session && this.state !== 'left') this.keepForLater(this.session);
    this.leave();
    this.socket?.close(1000);
  }

  keepForLater(session) {
    try {
      sessionStorage.setItem(`vnet-session ${this.joinUrl}`, session);
    } catch { /* a browser that keeps nothing: the server finds out by itself */ }
  }

  /** The session that the page had before it was loaded anew. Read once: a copy of the tab is somebody else. */
  earlier() {
    try {
      const key = `vnet-session ${this.joinUrl}`;
      const session = sessionStorage.getItem(key);
      sessionStorage.removeItem(key);
      return session;
    } catch {
      return null;
    }
  }

  /** Leaves. */
  leave() {
    this.say({ type: 'leave' });
    this.end(1000, '');
  }

  end(code, reason) {
    this.entered?.failed(new ConferenceError(code, reason || 'the meeting is over'));
    this.setState('left', { code, reason });
    window.removeEventListener('online', this.moved);
    window.removeEventListener('pagehide', this.away);
    this.pc?.close();
    // What was said last goes out first.
    setTimeout(() => this.socket?.close(1000), 200);
  }

  /* ---------- what the server says ---------- */

  async hear(message) {
    if (message.event !== undefined) {
      this.lastEvent = Math.max(this.lastEvent, message.event);
      this.happened(message);
      return;
    }
    const pending = this.pending.get(message.id);
    switch (message.type) {
      case 'welcome': await this.welcome(message); break;
      case 'waiting':
        this.you = message.you;
        this.setState('waiting');
        return;
      case 'resumed': this.resumed(message); break;
      case 'slots': this.changeSlots(message.slots); break;
      case 'encode': for (const track of message.tracks) await this.encode(track); break;
      case 'speakers':
        this.speakers = message.speakers;
        this.dominant = message.dominant ?? null;
        this.emit('speakers');
        break;
      case 'quality':
        for (const [participant, quality] of message.participants) this.qualities.set(participant, quality);
        this.emit('quality');
        break;
      case 'media_lost': this.restart(); break;
      case 'no_media': this.emit('nomedia', { seconds: message.seconds }); break;
      default: break;
    }
    if (!pending) return;
    this.pending.delete(message.id);
    if (message.type === 'error') pending.failed(new ConferenceError(message.code, message.message));
    else pending.done(message);
  }

  async welcome({ you, session, answer, slots, snapshot }) {
    this.you = you;
    this.session = session;
    this.pause = 0;
    this.load(snapshot);
    await this.answered(answer, slots);
    this.setState('joined');
    this.entered?.done();
    this.emit('change');
  }

  resumed({ you, snapshot }) {
    this.counts.resumes += 1;
    this.you = you;
    this.pause = 0;
    if (snapshot) this.load(snapshot);
    this.setState('joined');
    this.emit('change');
    if (this.newAddresses || ['disconnected', 'failed'].includes(this.pc.iceConnectionState)) this.restart();
    this.newAddresses = false;
  }

  load(snapshot) {
    const byId = (list) => new Map(list.map((one) => [one.id, one]));
    this.lastEvent = snapshot.event;
    this.meeting = snapshot.meeting;
    this.participants = byId(snapshot.participants);
    this.tracks = byId(snapshot.tracks);
    this.waiting = byId(snapshot.waiting);
    this.chat = snapshot.chat;
    this.role = this.participants.get(this.you)?.role ?? this.role;
  }

  changeSlots(slots) {
    for (const change of slots) {
      const slot = this.slots.get(change.mid);
      if (slot) Object.assign(slot, { track: change.track ?? null, paused: change.paused });
    }
    this.emit('slots');
  }

  happened(event) {
    switch (event.type) {
      case 'joined':
      case 'changed': this.participants.set(event.participant.id, event.participant); break;
      case 'left':
        this.participants.delete(event.participant);
        for (const [id, track] of this.tracks) if (track.participant === event.participant) this.tracks.delete(id);
        break;
      case 'track_added': this.tracks.set(event.track.id, event.track); break;
      case 'track_changed':
        this.tracks.set(event.track.id, event.track);
        if (event.by !== undefined && event.track.participant === this.you && event.track.muted) this.silenced(event.track);
        break;
      case 'track_removed': this.tracks.delete(event.track); break;
      case 'chat':
        this.chat.push(event.line);
        this.emit('chat', event.line);
        break;
      case 'reaction': this.emit('reaction', event); break;
      case 'meeting_changed': this.meeting = event.meeting; break;
      case 'waiting_added': this.waiting.set(event.waiting.id, event.waiting); break;
      case 'waiting_removed': this.waiting.delete(event.participant); break;
      default: break;
    }
    this.role = this.participants.get(this.you)?.role ?? this.role;
    this.emit('change');
  }

  /** A host has muted a track of one's own. */
  silenced(track) {
    this.muted[track.source] = true;
    if (this.local[track.source]) this.local[track.source].enabled = false;
    this.emit('muted', track);
  }
}
