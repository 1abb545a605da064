import { afterEach, beforeEach, describe, expect, type Mock, test, vi } from 'vitest';
import { ApiError, type JoinTicket } from '../../api/client';
import type { ServerMessage } from '../../generated/sfu-protocol';
import type { LeaveReason } from '../conference';
import { afterClose } from './closing';
import { FAREWELL_WITHIN } from './farewell';
import { Link } from './link';
import { ANSWER_WITHIN, QUIET } from './socket';

/** A WebSocket whose other end is the test. */
class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = FakeSocket.CONNECTING;
  readonly sent: Record<string, unknown>[] = [];
  readonly url: string;
  closedWith: number | undefined;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number): void {
    this.readyState = 2;
    this.closedWith = code;
  }

  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  says(message: ServerMessage): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  closes(code: number, reason = ''): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent('close', { code, reason }));
  }
}

const TICKET: JoinTicket = {
  provider: 'sfu',
  url: 'ws://127.0.0.1/vnet/sfu/abcdefghjk/',
  ticket: 't',
  expires_on: '',
  ice_servers: [],
  display_name: 'Ada',
  role: 'host',
};
const WELCOME: ServerMessage = {
  type: 'welcome',
  id: 1,
  version: 1,
  you: 1,
  session: 'secret',
  resume_within: 30,
  answer: '',
  slots: [],
  snapshot: {
    event: 4,
    meeting: { locked: false, lobby: false, started_at: 1 },
    participants: [],
    tracks: [],
    chat: [],
    waiting: [],
  },
};

let tickets: Mock<() => Promise<JoinTicket>>;
let heard: string[];
let hear: (message: ServerMessage) => Promise<void> | void;
let out: Mock<(reason: LeaveReason, detail: string | null) => void>;
let lost: Mock<() => void>;
let link: Link;

/** Lets everything that is due be done. */
const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const socket = (number = FakeSocket.all.length - 1) => {
  const found = FakeSocket.all[number];
  if (!found) throw new Error('no connection was made');
  return found;
};

/** In the meeting, by the first connection. */
async function enters(): Promise<void> {
  link.start();
  await settle();
  socket().opens();
  socket().says(WELCOME);
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  sessionStorage.clear();
  FakeSocket.all = [];
  tickets = vi.fn(async () => TICKET);
  heard = [];
  hear = (message) => {
    heard.push(message.type);
  };
  [out, lost] = [vi.fn(), vi.fn()];
  link = new Link(tickets, {
    prepare: async ({ ticket }) => ({ ticket, version: 1, offer: 'sdp', publish: [] }),
    hear: (message) => hear(message),
    lastEvent: () => 7,
    lost,
    out,
    fault: (error) => {
      throw error;
    },
  });
});

afterEach(() => {
  link.leave();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a connection', () => {
  test('says the join first, and matches answers to requests', async () => {
    await enters();
    expect(socket().sent).toEqual([
      { type: 'join', id: 1, ticket: 't', version: 1, offer: 'sdp', publish: [] },
    ]);
    const chat = link.request({ type: 'chat', text: 'x' });
    const react = link.request({ type: 'react', emoji: 'y' });
    const refused = expect(chat).rejects.toMatchObject({ code: 'bad_text', message: 'No.' });
    socket().says({ type: 'ok', id: 3 });
    socket().says({ type: 'error', id: 2, code: 'bad_text', message: 'No.' });
    await expect(react).resolves.toMatchObject({ type: 'ok' });
    await refused;
  });

  test('hears one message after the other, and answers after what came before', async () => {
    await enters();
    let go = () => {};
    hear = async (message) => {
      if (message.type === 'slots')
        await new Promise<void>((done) => {
          go = done;
        });
      heard.push(message.type);
    };
    let answered = false;
    void link.request({ type: 'react', emoji: 'y' }).then(() => {
      answered = true;
    });
    socket().says({ type: 'slots', slots: [] });
    socket().says({ type: 'ok', id: 2 });
    await settle();
    expect([heard, answered]).toEqual([['welcome'], false]);
    go();
    await settle();
    expect([heard, answered]).toEqual([['welcome', 'slots', 'ok'], true]);
  });

  test('that does not open is given up', async () => {
    link.start();
    await settle(ANSWER_WITHIN);
    expect(lost).toHaveBeenCalledTimes(1);
    await settle(250);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test('that does not answer is given up, and what was asked fails', async () => {
    await enters();
    await settle(1);
    const refused = expect(link.request({ type: 'react', emoji: 'y' })).rejects.toMatchObject({
      code: 'not_connected',
    });
    await settle(ANSWER_WITHIN);
    await refused;
    await settle(250);
    socket().opens();
    expect(socket().sent[0]).toMatchObject({ type: 'resume', session: 'secret', last_event: 7 });
  });

  test('on which nothing is heard for long is asked for a sign of life', async () => {
    await enters();
    await settle(QUIET * 1.4);
    expect(socket().sent.slice(1)).toEqual([{ type: 'want', tracks: [], id: 2 }]);
    socket().says({ type: 'ok', id: 2 });
    await settle(QUIET);
    expect(lost).not.toHaveBeenCalled();
    await settle(QUIET + ANSWER_WITHIN);
    expect(lost).toHaveBeenCalled();
  });
});

describe('a lost connection', () => {
  test('is resumed, with longer pauses each time', async () => {
    await enters();
    socket().closes(1006);
    for (const pause of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
      const before = FakeSocket.all.length;
      await settle(pause - 1);
      expect(FakeSocket.all).toHaveLength(before);
      await settle(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
      socket().closes(1006);
    }
    await settle(5_000);
    socket().opens();
    socket().says({ type: 'resumed', id: 1, you: 1 });
    await settle();
    socket().closes(1006);
    const before = FakeSocket.all.length;
    await settle(250);
    expect(FakeSocket.all).toHaveLength(before + 1);
    expect(tickets).toHaveBeenCalledTimes(1);
  });

  test('goes on at once over another network', async () => {
    await enters();
    link.moved();
    await settle(250);
    expect(FakeSocket.all).toHaveLength(2);
    // What the old one still says is not heard.
    socket(0).says({ type: 'media_lost' });
    socket(0).closes(4410);
    await settle();
    expect([heard, out.mock.calls]).toEqual([['welcome'], []]);
    socket().closes(1006);
    await settle();
    link.moved();
    await settle();
    expect(FakeSocket.all).toHaveLength(3);
  });

  test.each([1001, 4401, 4500])('with code %i is entered anew, with another ticket', async (code) => {
    await enters();
    socket().closes(code);
    await settle(250);
    socket().opens();
    expect(socket().sent[0]).toMatchObject({ type: 'join' });
    expect(tickets).toHaveBeenCalledTimes(2);
  });

  test('whose session is unknown is entered anew', async () => {
    await enters();
    socket().closes(1006);
    await settle(250);
    socket().opens();
    socket().says({ type: 'error', id: 1, code: 'unknown_session', message: 'No.' });
    socket().closes(4401);
    await settle(500);
    socket().opens();
    expect(socket().sent[0]).toMatchObject({ type: 'join' });
  });

  test('that is refused again and again is given up', async () => {
    link.start();
    await settle();
    for (let count = 0; count < 8 && out.mock.calls.length === 0; count += 1) {
      socket().opens();
      socket().says({ type: 'error', id: 1, code: 'bad_ticket', message: 'The ticket is not valid.' });
      socket().closes(4401);
      await settle(6_000);
    }
    expect(out.mock.calls).toEqual([['failed', 'The ticket is not valid.']]);
  });
});

describe('an end', () => {
  test.each([
    [1000, null, 'left'],
    [4403, null, 'removed'],
    [4403, 'denied', 'denied'],
    [4409, null, 'elsewhere'],
    [4410, null, 'ended'],
    [4412, 'no_media', 'blocked'],
    [4423, 'locked', 'locked'],
    [4423, 'meeting_full', 'full'],
    [4423, 'server_full', 'full'],
    [4400, 'bad_offer', 'failed'],
    [4429, 'too_fast', 'failed'],
    [1009, null, 'failed'],
    [4401, 'forbidden', 'session-ended'],
  ] as const)('with code %i after %s is told as %s', (code, refused, reason) => {
    expect(afterClose(code, refused, true)).toEqual({ kind: 'out', reason });
  });

  test('is told once, with the words of the server', async () => {
    link.start();
    await settle();
    socket().opens();
    socket().says({ type: 'error', id: 1, code: 'locked', message: 'The meeting is locked.' });
    socket().closes(4423);
    socket().closes(4423);
    await settle(10_000);
    expect(out.mock.calls).toEqual([['locked', 'The meeting is locked.']]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('comes from leaving: said, closed, and nothing afterwards', async () => {
    await enters();
    link.leave();
    expect(socket().sent.at(-1)).toMatchObject({ type: 'leave' });
    expect(socket().closedWith).toBe(1000);
    socket().closes(1000);
    await settle(60_000);
    expect([out.mock.calls, lost.mock.calls, FakeSocket.all.length]).toEqual([[], [], 1]);
  });

  test('while the connection is lost is said by coming back for it', async () => {
    await enters();
    socket().closes(1006);
    await settle();
    link.leave();
    expect(FakeSocket.all).toHaveLength(2);
    // The network is not there at once.
    socket().closes(1006);
    await settle(500);
    expect(FakeSocket.all).toHaveLength(3);
    socket().opens();
    expect(socket().sent).toMatchObject([{ type: 'resume', session: 'secret', last_event: 7 }]);
    socket().says({ type: 'resumed', id: 1, you: 1 });
    await settle();
    expect(socket().sent.at(-1)).toMatchObject({ type: 'leave' });
    expect(socket().closedWith).toBe(1000);
    await settle(60_000);
    expect(FakeSocket.all).toHaveLength(3);
    expect([heard, out.mock.calls]).toEqual([['welcome'], []]);
  });

  test('while the connection comes back is said on another one', async () => {
    await enters();
    socket().closes(1006);
    await settle(250);
    link.leave();
    expect(socket(1).closedWith).toBe(1000);
    socket(2).opens();
    expect(socket(2).sent).toMatchObject([{ type: 'resume', session: 'secret' }]);
  });

  test('that cannot be said is given up soon', async () => {
    await enters();
    socket().closes(1006);
    await settle();
    link.leave();
    for (let passed = 0; passed < FAREWELL_WITHIN; passed += 500) {
      socket().closes(1006);
      await settle(500);
    }
    const tried = FakeSocket.all.length;
    await settle(60_000);
    expect(FakeSocket.all).toHaveLength(tried);
    expect(tried).toBeLessThan(9);
  });

  test.each([4403, 4410])('with code %i needs no farewell', async (code) => {
    await enters();
    socket().closes(code);
    await settle();
    link.leave();
    await settle(FAREWELL_WITHIN);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('for a reload while the connection is lost waits for nothing', async () => {
    await enters();
    socket().closes(1006);
    await settle();
    link.leave(true);
    await settle(FAREWELL_WITHIN);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('for a reload is remembered once', async () => {
    await enters();
    link.leave(true);
    await enters();
    expect(socket().sent[0]).toMatchObject({ type: 'join', replaces: 'secret' });
    link.leave();
    await enters();
    expect(socket().sent[0]).not.toHaveProperty('replaces');
  });
});

describe('a ticket', () => {
  test.each([
    [401, 'session-ended'],
    [403, 'session-ended'],
    [404, 'not-found'],
    [400, 'failed'],
  ])('refused with %i is told as %s', async (status, reason) => {
    tickets.mockRejectedValue(new ApiError(status, { detail: 'No.' }, null));
    link.start();
    await settle();
    expect(out.mock.calls).toEqual([[reason, 'No.']]);
  });

  test('that cannot be had for now is asked for again', async () => {
    tickets.mockRejectedValueOnce(new TypeError('failed to fetch'));
    tickets.mockRejectedValueOnce(new ApiError(429, null, 3));
    link.start();
    await settle(250);
    expect(tickets).toHaveBeenCalledTimes(2);
    await settle(2_999);
    expect(tickets).toHaveBeenCalledTimes(2);
    await settle(1);
    expect(FakeSocket.all).toHaveLength(1);
    expect(out).not.toHaveBeenCalled();
  });

  test('that comes after leaving is not used', async () => {
    let give = (_: JoinTicket) => {};
    tickets.mockImplementation(
      () =>
        new Promise((done) => {
          give = done;
        }),
    );
    link.start();
    link.leave();
    give(TICKET);
    await settle(1_000);
    expect(FakeSocket.all).toHaveLength(0);
  });
});
