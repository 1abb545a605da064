import type { JoinTicket } from '../api/client';
import type { Shell } from '../shell';
import type { Conference } from './conference';

/** Where a conference gets its tickets: each is good for one entry. */
export type TicketSource = (signal?: AbortSignal) => Promise<JoinTicket>;

/** The conference that carries a meeting; its code is fetched when it is needed. */
export async function createConference(shell: Shell, tickets: TicketSource): Promise<Conference> {
  if (shell.fake) {
    const { FakeConference, fakeOptions } = await import('./fake/fake');
    return new FakeConference(fakeOptions(location.search));
  }
  const first = await tickets();
  // The first ticket is used for the first entry.
  let kept: JoinTicket | null = first;
  const next: TicketSource = async (signal) => {
    const ticket = kept ?? (await tickets(signal));
    kept = null;
    return ticket;
  };
  if (first.provider === 'acs') {
    const { createAcsConference } = await import('./acs/acs');
    return createAcsConference(shell, next);
  }
  const [{ SfuConference }, { keepTappable }] = await Promise.all([
    import('./sfu/sfu'),
    import('../lan/share/encoded'),
  ]);
  return new SfuConference(next, mayShare() ? keepTappable : null);
}

/** Whether pictures of the meeting may be sent on as they come: not by phones, which have little to spare for it. */
const mayShare = () => matchMedia('(any-pointer: fine)').matches;
