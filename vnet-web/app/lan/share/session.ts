import type { Conference } from '../../conference/conference';
import type { StreamFigures } from '../figures';
import type { MakeConnection } from '../peer';
import { diagnose, type Evidence } from './diagnose';
import { encodedSupport, keepTappable, preferEncoded, tapOf } from './encoded';
import { IDLE } from './idle';
import type { LinksOptions } from './links';
import { Neighbours } from './neighbours';
import { Part } from './part';
import { problemOfEnd, problemOfRefusal, Remembered } from './roles';
import { Saved } from './saved';
import type { Encoding } from './section';
import { type ShareEvent, ShareRefusal, ShareSocket, type SocketEnd, socketAddress } from './share-socket';
import { ShareStore } from './store';
import type { Share, ShareProblem, ShareState } from './types';
import { type Bounds, type EndedReason, type Hello, type RelinkReason, type Request, VERSION } from './wire';

export interface ShareOptions {
  /** The meeting; `null`: a second screen, which only receives. */
  readonly conference: Conference | null;
  /** The address of the socket: of the meeting, or of second screens. */
  readonly server: string;
  /** What a second screen is called, and the code that it asks with. */
  readonly name?: string;
  readonly code?: string;
  /** Otherwise those of the meeting. */
  readonly iceServers?: readonly RTCIceServer[];
}

/** Others in tests. */
export interface ShareTools {
  readonly openSocket?: (address: string) => WebSocket;
  readonly makeConnection?: MakeConnection;
  readonly encoding?: Encoding;
}

const NO_FIGURES: ReadonlyMap<string, StreamFigures> = new Map();
/** Until the server says them. */
const NO_BOUNDS: Bounds = { children: 1, relay_children: 1, depth: 1, code_seconds: 0 };

const ownEncoding = (): Encoding => ({
  codecs: encodedSupport().codecs,
  carrier: (receiver) => tapOf(receiver).carrier(),
  prefer: preferEncoded,
  keep: keepTappable,
});

/** Takes part in shares of one meeting, or of any as a second screen: sharer, receiver, or neither. */
export class ShareSession implements Share {
  readonly #conference: Conference | null;
  readonly #options: ShareOptions;
  readonly #makeConnection: MakeConnection;
  readonly #openSocket: ((address: string) => WebSocket) | undefined;
  readonly #encoding: Encoding;
  readonly #store = new ShareStore();
  readonly #neighbours = new Neighbours(this.#store);
  /** The sharer, who may come back. */
  readonly #returning = new Remembered();
  readonly #saved: Saved;
  readonly #unwatch: () => void;
  #socket: ShareSocket | null = null;
  #device = 0;
  #bounds = NO_BOUNDS;
  /** The code of a second screen. */
  #code: string | null = null;
  /** The share one is in, as sharer or receiver. */
  #part: Part | null = null;
  /** Why the last link led nowhere. */
  #reason: ShareProblem = 'blocked';
  #closed = false;

  constructor(options: ShareOptions, tools: ShareTools = {}) {
    this.#options = options;
    this.#conference = options.conference;
    this.#makeConnection = tools.makeConnection ?? ((configuration) => new RTCPeerConnection(configuration));
    this.#openSocket = tools.openSocket;
    this.#encoding = tools.encoding ?? ownEncoding();
    this.#saved = new Saved(options.conference);
    this.#unwatch = options.conference?.subscribe(() => this.#look()) ?? (() => {});
    if (options.conference) this.#connect();
    else if (options.code !== undefined) this.askByCode(options.code);
  }

  state(): ShareState {
    return this.#store.state;
  }

  figures(): ReadonlyMap<string, StreamFigures> {
    return this.#part?.figures ?? NO_FIGURES;
  }

  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }

  get #kind(): ShareState['role']['kind'] {
    return this.#store.state.role.kind;
  }

  /* ---------- what people do ---------- */

  open(): void {
    if (this.#kind === 'sharing' || !this.#conference) return;
    this.stop();
    this.#request({ type: 'open' });
  }

  renewCode(): void {
    this.#request({ type: 'renew_code' });
  }

  invite(device: number): void {
    if (this.#kind !== 'sharing') this.stop();
    this.#neighbours.invite(device);
    this.#request({ type: 'invite', device });
  }

  decline(share: number): void {
    this.#neighbours.invitationOff(share);
    this.#request({ type: 'decline', share });
  }

  admit(device: number): void {
    this.#neighbours.answered(device);
    this.#request({ type: 'admit', device });
  }

  refuse(device: number): void {
    this.#neighbours.answered(device);
    this.#request({ type: 'refuse', device });
  }

  putOut(device: number): void {
    this.#neighbours.uninvite(device);
    this.#request({ type: 'put_out', device });
  }

  ask(share: number): void {
    const { shares, invitation } = this.#store.state;
    const known = [...shares, ...(invitation ? [invitation] : [])].find((one) => one.share === share);
    this.stop();
    this.#store.become({ role: { kind: 'asking', name: known?.name ?? null } });
    this.#request({ type: 'ask', share });
  }

  askByCode(code: string): void {
    this.stop();
    this.#store.become({ role: { kind: 'asking', name: null } });
    if (this.#conference) {
      this.#request({ type: 'ask', code });
      return;
    }
    // A second screen is connected only while it has something to ask for.
    this.#code = code;
    this.#connect();
  }

  stop(): void {
    if (this.#kind !== 'idle') this.#socket?.send({ type: this.#kind === 'sharing' ? 'close' : 'leave' });
    this.#over(null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stop();
    this.#unwatch();
    this.#disconnect();
    this.#store.end();
  }

  /* ---------- the connection to the server ---------- */

  #connect(): void {
    if (this.#closed) return;
    this.#socket ??= new ShareSocket(
      socketAddress(this.#options.server, location.href),
      () => this.#hello(),
      {
        welcome: (device, bounds) => this.#welcome(device, bounds),
        heard: (event) => this.#hear(event),
        lost: () => this.#lost(),
        away: () => this.#away(),
        ended: (end) => this.#ended(end),
      },
      this.#openSocket,
    );
  }

  #disconnect(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#code = null;
    this.#neighbours.clear();
    this.#store.become({ online: false });
  }

  #hello(): Hello {
    const { codecs } = this.#encoding;
    const hello: Hello = { type: 'hello', version: VERSION, can_relay: true, encoded: [...codecs] };
    if (this.#conference || this.#code === null) return hello;
    return { ...hello, name: this.#options.name ?? '', code: this.#code };
  }

  #request(request: Request): void {
    this.#socket?.request(request).catch((error: unknown) => {
      if (error instanceof ShareRefusal) this.#refused(error.code);
    });
  }

  #refused(code: string): void {
    const problem = problemOfRefusal(code);
    if (problem === null) return;
    // Who shares or receives goes on, whatever else was refused.
    if (this.#part) this.#store.become({ problem });
    else this.#over(problem);
  }

  #welcome(device: number, bounds: Bounds): void {
    this.#device = device;
    this.#bounds = bounds;
    if (this.#store.state.problem === 'unreachable-server') this.#store.become({ problem: null });
    this.#store.become({ online: true });
    if (this.#kind === 'sharing') this.#request({ type: 'open' });
  }

  #lost(): void {
    const { role } = this.#store.state;
    if (role.kind === 'receiving') this.#returning.remember(role.from, performance.now());
    this.#leave();
    this.#neighbours.clear();
    this.#store.become({ online: false });
    // A sharer shares again, and a second screen asks again, as soon as the server is back.
    if (role.kind === 'sharing' || role.kind === 'idle') return;
    if (this.#conference) this.#store.become({ role: IDLE.role, problem: 'left' });
    else if (role.kind === 'receiving') this.#store.become({ role: { kind: 'asking', name: role.from } });
  }

  #away(): void {
    if (this.#kind !== 'idle') this.#store.become({ problem: 'unreachable-server' });
  }

  #ended(end: SocketEnd): void {
    this.#over(end === 'signed-out' ? 'signed-out' : 'unreachable-server');
    this.#disconnect();
  }

  /* ---------- what the server says ---------- */

  #hear(event: ShareEvent): void {
    switch (event.type) {
      case 'error':
        this.#refused(event.code);
        break;
      case 'nearby':
        this.#neighbours.take(event);
        this.#comeBack();
        break;
      case 'opened':
        this.#opened();
        this.#newCode(event.code, event.expires_in);
        break;
      case 'code':
        if (this.#kind === 'sharing') this.#newCode(event.code, event.expires_in);
        break;
      case 'asked':
        this.#neighbours.asks(event);
        break;
      case 'asked_off':
        this.#neighbours.answered(event.device);
        break;
      case 'invited':
        this.#neighbours.invitedBy(event);
        break;
      case 'invite_off':
        this.#neighbours.invitationOff(event.share);
        break;
      case 'declined':
        this.#neighbours.uninvite(event.device);
        break;
      case 'admitted':
        this.#admitted(event.name);
        break;
      case 'members':
        this.#part?.look(event.members);
        this.#neighbours.uninvite(...event.members.map(({ device }) => device));
        break;
      case 'signal':
        this.#part?.links.hear(event.from, event.link, event.data);
        break;
      case 'reported':
        this.#part?.reported(event.device, event);
        break;
      case 'ended':
        this.#out(event.reason);
        break;
      default:
        // The server is newer.
        break;
    }
  }

  #opened(): void {
    if (this.#part) return;
    this.#store.become({ problem: null });
    this.#begin(this.#bounds.children, true);
  }

  #newCode(code: string, seconds: number): void {
    this.#store.become({ role: { kind: 'sharing', code, expiresAt: Date.now() + seconds * 1_000 } });
  }

  #admitted(name: string): void {
    this.#store.become({
      role: { kind: 'receiving', from: name, parent: null, connected: false },
      invitation: null,
      problem: null,
    });
    this.#reason = 'blocked';
    this.#begin(this.#bounds.relay_children, false);
  }

  #begin(children: number, shares: boolean): void {
    this.#part?.close();
    const { iceServers = this.#conference?.iceServers?.() ?? [] } = this.#options;
    const links: Omit<LinksOptions, 'outgoing' | 'changed'> = {
      iceServers: [...iceServers],
      makeConnection: this.#makeConnection,
      encoding: this.#encoding,
      audio: this.#conference === null,
      children,
      signal: (to, link, data) => this.#socket?.send({ type: 'signal', to, link, data }),
      relink: (link, reason, evidence) => this.#relink(link, reason, evidence),
      capacity: (most) => this.#socket?.send({ type: 'capacity', children: most }),
    };
    this.#part = new Part({
      conference: this.#conference,
      device: this.#device,
      shares,
      store: this.#store,
      saved: this.#saved,
      links,
      report: (report) => this.#socket?.send({ type: 'report', ...report }),
    });
  }

  #relink(link: number, reason: RelinkReason, evidence: Evidence): void {
    this.#socket?.send({ type: 'relink', link, reason });
    if (reason !== 'blocked') return;
    void diagnose(evidence).then((why) => {
      this.#reason = why;
    });
  }

  #out(reason: EndedReason): void {
    const { role } = this.#store.state;
    // Answers to what one has given up already.
    if (role.kind === 'idle') return;
    this.#over(reason === 'unreachable' ? this.#reason : problemOfEnd(reason));
    if (reason === 'left' && role.kind === 'receiving')
      this.#returning.remember(role.from, performance.now());
  }

  /** The sharer is here again, as the server knows it: it is asked once without being told to. */
  #comeBack(): void {
    if (this.#kind !== 'idle') return;
    const now = performance.now();
    const back = this.#store.state.shares.find(({ name, known }) => known && this.#returning.take(name, now));
    if (back) this.ask(back.share);
  }

  /** Neither shares nor receives from now on, for this reason. */
  #over(problem: ShareProblem | null): void {
    this.#returning.forget();
    this.#leave();
    this.#neighbours.uninviteAll();
    this.#store.become({ role: IDLE.role, asked: IDLE.asked, problem });
    if (!this.#conference && this.#socket) this.#disconnect();
  }

  #leave(): void {
    this.#part?.close();
    this.#part = null;
  }

  /** The meeting is another. */
  #look(): void {
    if (this.#conference?.snapshot().state.kind === 'left') this.close();
    else this.#part?.lookAtMeeting();
  }
}
