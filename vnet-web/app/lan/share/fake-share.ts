import type { StreamFigures } from '../figures';
import { IDLE } from './idle';
import type { LanStream, Share, ShareMember, ShareState } from './types';

/** What was asked of a share, with what. */
export type Asked = readonly [name: keyof Share, ...args: readonly unknown[]];

const CODE_LASTS = 120_000;

/** A share that is made up: it remembers what it was asked, and becomes what a script says. */
export class FakeShare implements Share {
  readonly asked: Asked[] = [];
  readonly #listeners = new Set<() => void>();
  #state: ShareState;
  #figures: ReadonlyMap<string, StreamFigures> = new Map();

  constructor(state: Partial<ShareState> = {}) {
    this.#state = { ...IDLE, online: true, ...state };
  }

  state(): ShareState {
    return this.#state;
  }

  figures(): ReadonlyMap<string, StreamFigures> {
    return this.#figures;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  become(change: Partial<ShareState>): void {
    this.#state = { ...this.#state, ...change };
    this.#tell();
  }

  measure(figures: ReadonlyMap<string, StreamFigures>): void {
    this.#figures = figures;
    this.#tell();
  }

  open(): void {
    this.asked.push(['open']);
    this.become({
      problem: null,
      role: { kind: 'sharing', code: '482913', expiresAt: Date.now() + CODE_LASTS },
    });
  }

  renewCode(): void {
    this.asked.push(['renewCode']);
    if (this.#state.role.kind !== 'sharing') return;
    this.become({ role: { kind: 'sharing', code: '175206', expiresAt: Date.now() + CODE_LASTS } });
  }

  invite(device: number): void {
    this.asked.push(['invite', device]);
    if (this.#state.role.kind !== 'sharing') this.open();
    const nearby = this.#state.nearby.map((one) => (one.device === device ? { ...one, invited: true } : one));
    this.become({ nearby });
  }

  decline(share: number): void {
    this.asked.push(['decline', share]);
    this.become({ invitation: null });
  }

  admit(device: number): void {
    this.asked.push(['admit', device]);
    this.become({ asked: this.#state.asked.filter((one) => one.device !== device) });
  }

  refuse(device: number): void {
    this.asked.push(['refuse', device]);
    this.become({ asked: this.#state.asked.filter((one) => one.device !== device) });
  }

  putOut(device: number): void {
    this.asked.push(['putOut', device]);
    this.become({ members: this.#state.members.filter((one) => one.device !== device) });
  }

  ask(share: number): void {
    this.asked.push(['ask', share]);
    const name =
      this.#state.shares.find((one) => one.share === share)?.name ?? this.#state.invitation?.name ?? null;
    this.become({ invitation: null, problem: null, role: { kind: 'asking', name } });
  }

  askByCode(code: string): void {
    this.asked.push(['askByCode', code]);
    this.become({ problem: null, role: { kind: 'asking', name: null } });
  }

  stop(): void {
    this.asked.push(['stop']);
    this.become({ role: IDLE.role, members: [], asked: [], received: [], cost: null });
  }

  close(): void {
    this.asked.push(['close']);
    this.become({ ...IDLE, savedBytes: this.#state.savedBytes });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A device of a share; the sharer has no parent. */
export const member = (device: number, name: string, more: Partial<ShareMember> = {}): ShareMember => ({
  device,
  name,
  viewer: false,
  parent: null,
  depth: 0,
  isSelf: false,
  way: null,
  streams: 0,
  bytes: 0,
  ...more,
});

/** What comes of somebody over the local network. */
export const lanStream = (participant: string, name: string, more: Partial<LanStream> = {}): LanStream => ({
  key: `${participant}/${more.source ?? 'camera'}`,
  name,
  participant,
  source: 'camera',
  media: new MediaStream(),
  way: 'encoded',
  state: 'playing',
  ...more,
});
