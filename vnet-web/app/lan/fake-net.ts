/** A room of the signalling server and direct connections, made up for tests. */

class FakeSocket extends EventTarget {
  readyState: number = WebSocket.CONNECTING;
  readonly sent: unknown[] = [];
  readonly address: string;
  readonly #room: FakeRoom;

  constructor(room: FakeRoom, address: string) {
    super();
    this.#room = room;
    this.address = address;
    queueMicrotask(() => room.enter(this));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
    this.#room.relay(this, text);
  }

  close(code = 1000): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#room.exit(this);
    this.dispatchEvent(new CloseEvent('close', { code }));
  }

  hear(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

/** What docs/protocol.md says of a room. `echo` is how the original's server behaves. */
export class FakeRoom {
  readonly sockets: FakeSocket[] = [];
  readonly opened: FakeSocket[] = [];
  readonly echo: boolean;
  /** Close codes for those who come next. */
  readonly refusals: number[] = [];

  constructor(echo = false) {
    this.echo = echo;
  }

  readonly open = (address: string): WebSocket => {
    const socket = new FakeSocket(this, address);
    this.opened.push(socket);
    return socket as unknown as WebSocket;
  };

  enter(socket: FakeSocket): void {
    const refusal = this.refusals.shift() ?? (this.sockets.length === 2 ? 4409 : null);
    if (refusal !== null) {
      socket.close(refusal);
      return;
    }
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.readyState = WebSocket.OPEN;
    this.sockets.push(socket);
    this.#all({ type: 'signal_connected', code: '123456', peers_count: this.sockets.length });
  }

  exit(socket: FakeSocket): void {
    const at = this.sockets.indexOf(socket);
    if (at < 0) return;
    this.sockets.splice(at, 1);
    this.#all({ type: 'signal_disconnected', code: '123456', peers_count: this.sockets.length });
  }

  relay(from: FakeSocket, text: string): void {
    const { type, content, name } = JSON.parse(text);
    const field = type === 'offer' || type === 'answer' ? 'description' : 'candidates';
    for (const socket of [...this.sockets]) {
      if (this.echo || socket !== from)
        socket.hear({ type, [field]: content, sent_by: name, sender: 'somebody' });
    }
  }

  #all(message: object): void {
    for (const socket of [...this.sockets]) socket.hear(message);
  }
}

export class FakeChannel extends EventTarget {
  readyState = 'connecting';
  readonly sent: { type: string; streams?: { id: string; name: string }[] }[] = [];
  other: FakeChannel | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
    this.other?.dispatchEvent(new MessageEvent('message', { data: text }));
  }

  hear(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  opens(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }
}

interface FakeTransceiver {
  mid: string;
  direction: string;
  currentDirection: string | null;
  /** What the section says its track is called. */
  readonly name: string;
  readonly sender: {
    track: MediaStreamTrack | null;
    replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  };
  readonly receiver: { track: MediaStreamTrack };
}

/** As much of a connection as is used: sections, descriptions, states; nothing flows. */
export class FakeConnection extends EventTarget {
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: { type: string; sdp: string; toJSON(): object } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  readonly transceivers: FakeTransceiver[] = [];
  readonly candidates: RTCIceCandidateInit[] = [];
  readonly configuration: RTCConfiguration;
  channel: FakeChannel | null = null;
  restarts = 0;
  readonly #track: () => MediaStreamTrack;

  constructor(configuration: RTCConfiguration, track: () => MediaStreamTrack) {
    super();
    this.configuration = configuration;
    this.#track = track;
  }

  createDataChannel(): FakeChannel {
    this.channel = new FakeChannel();
    return this.channel;
  }

  addTransceiver(track: MediaStreamTrack, { direction }: { direction: string }): FakeTransceiver {
    const sender: FakeTransceiver['sender'] = {
      track,
      async replaceTrack(next) {
        sender.track = next;
      },
    };
    return this.#added({ direction, sender, name: track.id });
  }

  #added(parts: Pick<FakeTransceiver, 'direction' | 'sender' | 'name'>): FakeTransceiver {
    const mid = String(this.transceivers.length);
    const receiver = { track: this.#track() };
    const transceiver = { ...parts, mid, currentDirection: null, receiver };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers;
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'offer', sdp: this.#sdp() };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'answer', sdp: this.#sdp() };
  }

  /** Sections with their names, and directions as of the side that offers. */
  #sdp(): string {
    const sections = this.transceivers.map(
      ({ mid, name, direction }) => `m=video 9\r\na=mid:${mid}\r\na=msid:stream ${name}\r\na=${direction}`,
    );
    return ['v=0', ...sections].join('\r\n');
  }

  async setLocalDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = { type, sdp, toJSON: () => ({ type, sdp }) };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    this.dispatchEvent(
      new RTCEvent('icecandidate', { candidate: fakeCandidate(`${type}-${this.restarts}`) }),
    );
  }

  async setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = { type, sdp };
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    for (const one of this.transceivers) one.currentDirection = one.direction;
    if (type === 'offer') this.#receive(sdp);
  }

  #receive(sdp: string): void {
    for (const section of sdp.split('m=video').slice(1)) {
      const [mid, name] = [/mid:(\d+)/.exec(section)?.[1], /msid:stream (\S+)/.exec(section)?.[1] ?? ''];
      const known = this.transceivers.find((one) => one.mid === mid);
      const sender = { track: null, replaceTrack: async () => {} };
      const one = known ?? this.#added({ direction: 'recvonly', sender, name });
      one.currentDirection = section.includes('a=sendonly') ? 'recvonly' : 'inactive';
    }
    this.dispatchEvent(new Event('track'));
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.remoteDescription) throw new Error('the remote description was null');
    this.candidates.push(candidate);
  }

  restartIce(): void {
    this.restarts += 1;
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }

  becomes(state: string): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  close(): void {
    this.connectionState = 'closed';
  }
}

class RTCEvent extends Event {
  readonly candidate: object;
  constructor(name: string, { candidate }: { candidate: object }) {
    super(name);
    this.candidate = candidate;
  }
}

let candidates = 0;
function fakeCandidate(of: string) {
  candidates += 1;
  const candidate = `candidate:${candidates} ${of}`;
  return {
    candidate,
    toJSON: () => ({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' }),
  };
}
