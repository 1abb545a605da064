export interface PeerEvents {
  state(state: RTCPeerConnectionState): void;
  /** One of one's own, for the other side. */
  candidate(init: RTCIceCandidateInit): void;
}

export type MakeConnection = (configuration: RTCConfiguration) => RTCPeerConnection;

/** One direct connection, and the candidates that go to and fro for it. */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly #said = new Set<string>();
  #early: RTCIceCandidateInit[] = [];
  /** One description after the other, and no candidate before its description. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(make: MakeConnection, configuration: RTCConfiguration, events: PeerEvents) {
    const connection = make(configuration);
    this.connection = connection;
    connection.addEventListener('icecandidate', (event) => {
      if (this.#closed || !event.candidate?.candidate) return;
      const own = event.candidate.toJSON();
      this.#said.add(own.candidate ?? '');
      events.candidate(own);
    });
    connection.addEventListener('connectionstatechange', () => {
      if (!this.#closed) events.state(connection.connectionState);
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Does one step after those before; what fails in a closed connection is not told. */
  step(work: () => Promise<void>): Promise<void> {
    const run = this.#last.then(async () => {
      if (!this.#closed) await work();
    });
    this.#last = run.catch(() => {});
    return run.catch((error: unknown) => {
      if (!this.#closed) throw error;
    });
  }

  /** A candidate of the other side. A server that echoes sends one's own back: these are skipped. */
  async hear(init: RTCIceCandidateInit): Promise<void> {
    if (this.#said.has(init.candidate ?? '')) return;
    this.#early.push(init);
    await this.step(() => this.#add());
  }

  async remote(description: RTCSessionDescriptionInit): Promise<void> {
    await this.connection.setRemoteDescription(description);
    await this.#add();
  }

  async #add(): Promise<void> {
    if (!this.connection.remoteDescription) return;
    for (const one of this.#early.splice(0)) {
      // One that is of no use is no reason to give up the others.
      await this.connection.addIceCandidate(one).catch(() => {});
    }
  }

  close(): void {
    this.#closed = true;
    this.#early = [];
    this.connection.close();
  }
}
