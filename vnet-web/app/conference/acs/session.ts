import type { JoinTicket } from '../../api/client';
import { tokenSource } from './credential';
import { type Ending, endingOf } from './reasons';
import type {
  AcsCall,
  AcsCallAgent,
  AcsCallClient,
  AcsCredential,
  AcsDeviceManager,
  AcsJoinOptions,
  AcsModule,
} from './sdk';

export type AcsTicket = Extract<JoinTicket, { provider: 'acs' }>;

/** Hanging up and taking down may wait for a network that is gone: at most so long, in milliseconds. */
const FAREWELL = 3_000;
/** The SDK gives up after 85 s by itself; what comes before it may hang. Milliseconds. */
const PATIENCE = 90_000;

/** A call that ended, or never began. */
export class CallEnded extends Error {
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(`the call ended: ${ending.code}`);
    this.ending = ending;
  }
}

export interface SessionEvents {
  /** One waits to be let in. */
  lobby(): void;
  /** The call ended after one was in. */
  ended(ending: Ending): void;
  /** The server does not know one any more: no token is to be had. */
  signedOut(): void;
  /** The browser refuses devices; publishing is tried all the same. */
  notPermitted(): void;
}

interface Begun {
  readonly ticket: AcsTicket;
  readonly tokenUrl: string;
  /** Asked when everything else is ready. */
  readonly initial: () => AcsJoinOptions;
  /** Which devices are to be used. */
  readonly devices: { readonly audio: boolean; readonly video: boolean };
  readonly events: SessionEvents;
}

/** One entry into one call, with all that the SDK wants for it. */
export class AcsSession {
  readonly #sdk: AcsModule;
  #client: AcsCallClient | null = null;
  #credential: AcsCredential | null = null;
  #agent: AcsCallAgent | null = null;
  #call: AcsCall | null = null;
  #endTokens = () => {};
  #unlisten = () => {};
  #closed = false;
  #giveUp: (error: CallEnded) => void = () => {};
  devices: AcsDeviceManager | null = null;

  constructor(sdk: AcsModule) {
    this.#sdk = sdk;
  }

  /** Resolves with the call when one is in; fails with `CallEnded` or with what the SDK throws. */
  async open({ ticket, tokenUrl, initial, devices, events }: Begun): Promise<AcsCall> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<never>((_, failed) => {
      timer = setTimeout(() => failed(new CallEnded(endingOf({ code: 408 }))), PATIENCE);
      this.#giveUp = failed;
    });
    const quiet = () => clearTimeout(timer);
    try {
      const agent = await Promise.race([this.#agree(ticket, tokenUrl, devices, events), patience]);
      if (this.#closed) throw new CallEnded(endingOf(undefined));
      const call = agent.join({ groupId: ticket.group_id }, initial());
      this.#call = call;
      await Promise.race([this.#enter(call, events, quiet), patience]);
      return call;
    } finally {
      quiet();
    }
  }

  async #agree(
    ticket: AcsTicket,
    tokenUrl: string,
    devices: Begun['devices'],
    events: SessionEvents,
  ): Promise<AcsCallAgent> {
    const tokens = tokenSource(tokenUrl, events.signedOut);
    this.#endTokens = tokens.dispose;
    this.#credential = new this.#sdk.AzureCommunicationTokenCredential({
      token: ticket.token,
      refreshProactively: true,
      tokenRefresher: () => tokens.fetch(),
    });
    this.#client = new this.#sdk.CallClient({ diagnostics: { appName: 'VNET' } });
    this.devices = await this.#client.getDeviceManager();
    if (devices.audio || devices.video) {
      const allowed = await this.devices.askDevicePermission(devices).catch(() => null);
      if (allowed && ((devices.audio && !allowed.audio) || (devices.video && !allowed.video))) {
        events.notPermitted();
      }
    }
    const agent = await this.#client.createCallAgent(this.#credential, { displayName: ticket.display_name });
    // Left meanwhile: the client took down all that was there.
    if (this.#closed) await bear(() => agent.dispose());
    this.#agent = agent;
    return agent;
  }

  #enter(call: AcsCall, events: SessionEvents, quiet: () => void): Promise<void> {
    return new Promise((done, failed) => {
      let inside = false;
      let waited = false;
      const look = () => {
        if (call.state === 'InLobby') {
          waited = true;
          // A host takes as long as it takes.
          quiet();
          events.lobby();
        } else if (call.state === 'Connected') {
          inside = true;
          done();
        } else if (call.state === 'Disconnected') {
          this.#unlisten();
          const ending = endingOf(call.callEndReason);
          // Nobody said it, but who waited and is out was not let in.
          const denied = waited && !inside && ending.reason === 'left';
          if (inside) events.ended(ending);
          else failed(new CallEnded(denied ? endingOf({ code: 403 }) : ending));
        }
      };
      call.on('stateChanged', look);
      this.#unlisten = () => call.off('stateChanged', look);
      look();
    });
  }

  /** Leaves and takes everything down, in the order in which the SDK wants it. Never fails. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#giveUp(new CallEnded(endingOf(undefined)));
    this.#unlisten();
    this.#endTokens();
    const call = this.#call;
    if (call && call.state !== 'Disconnected') await bear(() => call.hangUp({ forEveryone: false }));
    await bear(() => this.#agent?.dispose());
    await bear(() => this.#credential?.dispose());
    await bear(() => this.#client?.dispose());
  }
}

/** Does it, whatever comes of it, and does not wait for ever. */
async function bear(step: () => Promise<void> | void | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((done) => {
    timer = setTimeout(done, FAREWELL);
  });
  try {
    await Promise.race([step(), enough]);
  } catch {
    // It goes away all the same.
  } finally {
    clearTimeout(timer);
  }
}
