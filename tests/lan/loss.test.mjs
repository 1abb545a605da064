// The sharer dies, or loses its cable; a receiver goes to another network: everybody has the picture of the meeting.
import { afterEach, beforeEach, test } from 'node:test';
import { sees } from '../browser/front.mjs';
import { assertSmooth, now } from './media.mjs';
import { Office } from './office.mjs';
import { accepts, offers, reads, receivesFromCloud, receivesLocally, receivesOnlyLocally } from './share.mjs';

/** The goal is one second; the machine may be busy. */
const SOON = 2_000;

let office;
beforeEach(async () => { office = await Office.open(); });
afterEach(async () => { await office?.close(); });

/** Ada shares with the two others, who have no other pictures any more. */
async function shared() {
  const far = await office.meeting();
  const people = [];
  for (const name of ['ada', 'bob', 'cyd']) people.push(await office.person(name));
  const [ada, ...others] = people;
  // The one who will be asked comes last: the suggestion does not wait for ever.
  await office.enters(...others, ada);
  await Promise.all(people.map((page) => sees(page, far.username)));
  await offers(ada);
  await Promise.all(others.map((page) => accepts(page, ada)));
  await Promise.all(others.map((page) => receivesOnlyLocally(page)));
  return { far, ada, others };
}

/** Nobody of these saw a gap since a moment in their clocks, or a picture that stood still. */
const allSmooth = (far, pages, since) =>
  Promise.all(pages.map((page, index) => assertSmooth(page, far.username, since[index], SOON)));

test('when the sharer is killed, everybody has the picture of the meeting at once', async () => {
  const { far, ada, others } = await shared();
  const since = await Promise.all(others.map(now));
  await ada.host.kill();
  await Promise.all(others.map((page) => receivesFromCloud(page)));
  await allSmooth(far, others, since);
  await Promise.all(others.map((page) => reads(page, 'The one who shared has left.')));
});

test('when the sharer loses its cable, of which nobody is told, everybody has the picture of the meeting at once', async () => {
  const { far, ada, others } = await shared();
  const since = await Promise.all(others.map(now));
  await ada.host.cut();
  await Promise.all(others.map((page) => receivesFromCloud(page)));
  await allSmooth(far, others, since);
});

test('a receiver that goes to another network has the picture of the meeting; the other one notices nothing', async () => {
  const { far, others } = await shared();
  const [bob, cyd] = others;
  const since = await now(cyd);
  await bob.host.plugInto(office.elsewhere);
  await receivesFromCloud(bob);
  await sees(bob, far.username, 20);
  await receivesLocally(cyd);
  await allSmooth(far, [cyd], [since]);
});
