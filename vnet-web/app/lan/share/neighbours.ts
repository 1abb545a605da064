import type { ShareStore } from './store';
import type { ShareAsked } from './types';
import type { ServerEvent } from './wire';

type Event<Type extends ServerEvent['type']> = Extract<ServerEvent, { type: Type }>;

/** Who is near, who was invited, and who asks. */
export class Neighbours {
  readonly #store: ShareStore;
  #invited: ReadonlySet<number> = new Set();

  constructor(store: ShareStore) {
    this.#store = store;
  }

  /** The whole list, as the server says it. */
  take({ devices, shares }: Event<'nearby'>): void {
    this.#store.become({
      nearby: devices.map(({ device, name }) => ({ device, name, invited: this.#invited.has(device) })),
      shares: shares.map(({ share, name, receivers, known }) => ({ share, name, receivers, known })),
    });
  }

  invite(device: number): void {
    this.#mark(new Set(this.#invited).add(device));
  }

  /** They came, or do not want to, or are not wanted any more. */
  uninvite(...devices: readonly number[]): void {
    if (!devices.some((device) => this.#invited.has(device))) return;
    this.#mark(new Set([...this.#invited].filter((one) => !devices.includes(one))));
  }

  /** Nobody is invited: nothing is shared here. */
  uninviteAll(): void {
    this.uninvite(...this.#invited);
  }

  #mark(invited: ReadonlySet<number>): void {
    this.#invited = invited;
    const nearby = this.#store.state.nearby.map((one) => ({ ...one, invited: invited.has(one.device) }));
    this.#store.become({ nearby });
  }

  asks({ device, name, by, viewer }: ShareAsked): void {
    const others = this.#store.state.asked.filter((one) => one.device !== device);
    this.#store.become({ asked: [...others, { device, name, by, viewer }] });
  }

  answered(device: number): void {
    const { asked } = this.#store.state;
    const left = asked.filter((one) => one.device !== device);
    if (left.length < asked.length) this.#store.become({ asked: left });
  }

  /** Somebody invites this device. */
  invitedBy({ share, name }: Event<'invited'>): void {
    this.#store.become({ invitation: { share, name } });
  }

  invitationOff(share: number): void {
    if (this.#store.state.invitation?.share === share) this.#store.become({ invitation: null });
  }

  /** The server is gone: nobody is known to be near. */
  clear(): void {
    this.#invited = new Set();
    this.#store.become({ nearby: [], shares: [], asked: [], invitation: null });
  }
}
