// A receiver sends on to another one; when it dies, that one gets another parent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sees } from '../browser/front.mjs';
import { poll } from '../browser/people.mjs';
import { assertSmooth, connections, now, sendsToAtMost } from './media.mjs';
import { Office, told } from './office.mjs';
import { accepts, asksNear, offers, parentsOf, receivesLocally, receivesOnlyLocally } from './share.mjs';

const SOON = 2_000;

let office;
before(async () => { office = await Office.open(); });
after(async () => { await office?.close(); });

test('who has no room sends through a receiver, and a child whose parent dies gets another one', async () => {
  const far = await office.meeting();
  const ada = await office.person('ada', { prepare: (page) => sendsToAtMost(page, 1) });
  const bob = await office.person('bob');
  const cyd = await office.person('cyd');
  await office.enters(bob, ada);
  await sees(bob, far.username);
  await offers(ada);
  await accepts(bob, ada);
  await receivesOnlyLocally(bob);
  assert.deepEqual(await parentsOf(bob), [ada.host.address]);

  await office.enters(cyd);
  await sees(cyd, far.username);
  await asksNear(cyd, ada);
  await receivesOnlyLocally(cyd);
  assert.deepEqual(await parentsOf(cyd), [bob.host.address]);
  // The first one goes on as it was.
  await receivesLocally(bob);

  const start = await now(cyd);
  await bob.host.kill();
  await poll('the child has another parent', async () => (await parentsOf(cyd)).join() === ada.host.address, () => told(cyd));
  await receivesOnlyLocally(cyd);
  await assertSmooth(cyd, far.username, start, SOON);
  assert.equal((await connections(ada)).local.length, 1);
});
