import type { ShareErrorCode } from '../../generated/share-protocol';
import type { Hello, Member, Request, ServerEvent } from './wire';

/** A server of shares, made up for tests: one meeting, whose devices are all near each other. */
export class FakeHall {
  readonly sockets: FakeHallSocket[] = [];
  /** Children of one device; others go further down. */
  most = 8;
  /** No new connection comes about. */
  isDown = false;
  /** Accounts that a sharer had let in until its connection broke, by its own. */
  readonly #consents = new Map<string, ReadonlySet<string>>();
  #last = 0;
  #share: FakeTree | null = null;

  readonly open = (): WebSocket => {
    const socket = new FakeHallSocket(this);
    queueMicrotask(() => {
      if (this.isDown) socket.drop(1006);
      else socket.dispatchEvent(new Event('open'));
    });
    return socket as unknown as WebSocket;
  };

  number(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Who is connected, in the order in which they came. */
  get devices(): FakeHallSocket[] {
    return this.sockets.filter(({ hello }) => hello);
  }

  hear(from: FakeHallSocket, message: Request | Hello, id: number | undefined): void {
    const refusal = message.type === 'hello' ? this.#enter(from, message) : this.#does(from, message);
    if (refusal)
      from.tell({ type: 'error', code: refusal, message: refusal, ...(id !== undefined && { id }) });
    else if (id !== undefined) from.tell({ type: 'ok', id });
  }

  #enter(from: FakeHallSocket, hello: Hello): Refusal {
    from.hello = hello;
    from.device = this.number();
    this.sockets.push(from);
    const limits = { children: 8, relay_children: 3, depth: 2, code_seconds: 120 };
    from.tell({ type: 'welcome', version: 2, device: from.device, limits });
    this.#tellNearby();
    return typeof hello.code === 'string' ? this.#ask(from, { code: hello.code }) : null;
  }

  gone(socket: FakeHallSocket): void {
    const at = this.sockets.indexOf(socket);
    if (at < 0) return;
    this.sockets.splice(at, 1);
    const tree = this.#share;
    if (tree?.sharer === socket) {
      this.#consents.set(socket.account, tree.known);
      this.#end('left');
    } else if (tree) this.#remove(tree, socket);
    this.#tellNearby();
  }

  #does(from: FakeHallSocket, message: Request): Refusal {
    const tree = this.#share;
    switch (message.type) {
      case 'open':
        return this.#openFor(from);
      case 'invite':
        this.#openFor(from);
        this.#share?.known.add(this.#named(message.device)?.account ?? '');
        this.#named(message.device)?.tell({
          type: 'invited',
          share: this.#share?.number ?? 0,
          device: from.device,
          name: from.name,
        });
        return null;
      case 'ask':
        return this.#ask(from, message);
      default:
        return tree ? this.#inTree(tree, from, message) : 'wrong_state';
    }
  }

  #inTree(
    tree: FakeTree,
    from: FakeHallSocket,
    message: Exclude<Request, { type: 'open' | 'invite' | 'ask' }>,
  ): Refusal {
    switch (message.type) {
      case 'renew_code':
        tree.code = '654321';
        from.tell({ type: 'code', code: tree.code, expires_in: 120 });
        break;
      case 'close':
        this.#end('closed');
        break;
      case 'decline':
        tree.sharer.tell({ type: 'declined', device: from.device, name: from.name });
        break;
      case 'admit':
      case 'refuse': {
        const asker = this.#named(message.device);
        if (!asker || !tree.asking.delete(asker)) return 'no_such_device';
        tree.sharer.tell({ type: 'asked_off', device: asker.device });
        if (message.type === 'admit') this.#admit(tree, asker);
        else asker.tell({ type: 'ended', reason: 'refused' });
        break;
      }
      case 'put_out':
        this.#named(message.device)?.tell({ type: 'ended', reason: 'put_out' });
        this.#remove(tree, this.#named(message.device));
        break;
      case 'leave':
        this.#remove(tree, from);
        break;
      case 'capacity':
        break;
      case 'relink':
        this.#relink(tree, from);
        break;
      case 'signal':
        this.#signal(tree, from, message);
        break;
      case 'report':
        tree.sharer.tell({
          type: 'reported',
          device: from.device,
          way: message.way,
          streams: message.streams,
          bytes: message.bytes,
        });
    }
    return null;
  }

  #openFor(from: FakeHallSocket): Refusal {
    this.#share ??= new FakeTree(from, this.number(), this.#consents.get(from.account));
    from.tell({ type: 'opened', share: this.#share.number, code: this.#share.code, expires_in: 120 });
    this.#tellNearby();
    return null;
  }

  #ask(from: FakeHallSocket, { code, share }: { code?: string | null; share?: number | null }): Refusal {
    const tree = this.#share;
    if (!tree || (typeof code === 'string' && code !== tree.code)) return 'unknown_code';
    if (typeof share === 'number' && share !== tree.number) return 'unknown_share';
    if (tree.known.has(from.account)) {
      this.#admit(tree, from);
      return null;
    }
    tree.asking.add(from);
    const by = typeof code === 'string' ? 'code' : 'nearby';
    tree.sharer.tell({ type: 'asked', device: from.device, name: from.name, by, viewer: from.isViewer });
    return null;
  }

  #admit(tree: FakeTree, asker: FakeHallSocket): void {
    asker.tell({ type: 'admitted', share: tree.number, device: tree.sharer.device, name: tree.sharer.name });
    tree.known.add(asker.account);
    tree.receivers.set(asker, { parent: this.#parentFor(tree), link: this.number() });
    this.#tellMembers(tree);
  }

  #parentFor(tree: FakeTree): FakeHallSocket {
    const all = [tree.sharer, ...tree.receivers.keys()];
    const degree = (of: FakeHallSocket) =>
      [...tree.receivers.values()].filter(({ parent }) => parent === of).length;
    return all.find((one) => degree(one) < this.most) ?? tree.sharer;
  }

  #remove(tree: FakeTree, socket: FakeHallSocket | undefined): void {
    if (!socket) return;
    tree.asking.delete(socket);
    if (!tree.receivers.delete(socket)) return;
    for (const place of tree.receivers.values()) {
      if (place.parent === socket) Object.assign(place, { parent: tree.sharer, link: this.number() });
    }
    this.#tellMembers(tree);
  }

  #relink(tree: FakeTree, from: FakeHallSocket): void {
    const place = tree.receivers.get(from);
    if (!place) return;
    tree.relinks += 1;
    if (tree.relinks > 3) {
      from.tell({ type: 'ended', reason: 'unreachable' });
      this.#remove(tree, from);
      return;
    }
    place.link = this.number();
    this.#tellMembers(tree);
  }

  #signal(
    tree: FakeTree,
    from: FakeHallSocket,
    { to, link, data }: Extract<Request, { type: 'signal' }>,
  ): void {
    const stands = [...tree.receivers].some(
      ([child, place]) =>
        place.link === link &&
        [child.device, place.parent.device].sort().join() === [from.device, to].sort().join(),
    );
    if (stands) this.#named(to)?.tell({ type: 'signal', from: from.device, link, data });
  }

  #end(reason: 'closed' | 'left'): void {
    const tree = this.#share;
    this.#share = null;
    for (const socket of [...(tree?.receivers.keys() ?? []), ...(tree?.asking ?? [])])
      socket.tell({ type: 'ended', reason });
    this.#tellNearby();
  }

  #named(device: number): FakeHallSocket | undefined {
    return this.sockets.find((one) => one.device === device);
  }

  #tellNearby(): void {
    const near = this.devices.filter(({ isViewer }) => !isViewer);
    for (const socket of near) {
      const tree = this.#share && this.#share.sharer !== socket ? this.#share : null;
      socket.tell({
        type: 'nearby',
        devices: near.filter((one) => one !== socket).map(({ device, name }) => ({ device, name })),
        shares: tree
          ? [
              {
                share: tree.number,
                device: tree.sharer.device,
                name: tree.sharer.name,
                receivers: tree.receivers.size,
                known: tree.known.has(socket.account),
              },
            ]
          : [],
      });
    }
  }

  #tellMembers(tree: FakeTree): void {
    const member = (of: FakeHallSocket): Member => {
      const place = tree.receivers.get(of);
      return {
        device: of.device,
        name: of.name,
        viewer: of.isViewer,
        parent: place?.parent.device ?? null,
        link: place?.link ?? null,
        depth: place ? (place.parent === tree.sharer ? 1 : 2) : 0,
        can_relay: true,
        encoded: of.hello?.encoded ?? [],
      };
    };
    const sockets = [tree.sharer, ...tree.receivers.keys()];
    for (const socket of sockets) socket.tell({ type: 'members', members: sockets.map(member) });
  }
}

type Refusal = ShareErrorCode | null;

class FakeTree {
  readonly sharer: FakeHallSocket;
  readonly number: number;
  readonly known: Set<string>;
  readonly asking = new Set<FakeHallSocket>();
  readonly receivers = new Map<FakeHallSocket, { parent: FakeHallSocket; link: number }>();
  code = '123456';
  relinks = 0;

  constructor(sharer: FakeHallSocket, number: number, known: ReadonlySet<string> = new Set()) {
    this.sharer = sharer;
    this.number = number;
    this.known = new Set(known);
  }
}

/** One device's connection. Names of meeting devices are given by tests; viewers say theirs. */
export class FakeHallSocket extends EventTarget {
  readonly #hall: FakeHall;
  readyState: number = WebSocket.OPEN;
  hello: Hello | null = null;
  device = 0;
  meetingName = '';
  /** Who is signed in; unlike names no two have the same. */
  account = '';
  readonly said: (Request | Hello)[] = [];

  constructor(hall: FakeHall) {
    super();
    this.#hall = hall;
  }

  get isViewer(): boolean {
    return typeof this.hello?.name === 'string';
  }

  get name(): string {
    return this.hello?.name ?? this.meetingName;
  }

  send(text: string): void {
    const { id, ...message } = JSON.parse(text);
    this.said.push(message);
    this.#hall.hear(this, message, id);
  }

  tell(event: ServerEvent): void {
    // Never within what the device says.
    queueMicrotask(() => {
      if (this.readyState === WebSocket.OPEN)
        this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event) }));
    });
  }

  close(): void {
    this.drop(1000);
  }

  /** The connection breaks. */
  drop(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#hall.gone(this);
    this.dispatchEvent(new CloseEvent('close', { code }));
  }
}
