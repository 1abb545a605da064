// One shares, others receive: the line carries one copy, and stopping gives everybody theirs again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell } from '../browser/browser.mjs';
import { sees } from '../browser/front.mjs';
import { assertSmooth, now } from './media.mjs';
import { Office } from './office.mjs';
import { accepts, clicks, isRead, lineBeside, offers, reads, receivesFrom, receivesFromCloud, receivesLocally, receivesOnlyLocally } from './share.mjs';

/** A picture may stand still for so long while it changes from one way to another; milliseconds, on a busy machine. */
const SOON = 2_000;

let office;
before(async () => { office = await Office.open(); });
after(async () => { await office?.close(); });

test('one click on each side, and the pictures come over the local network, in two engines', async () => {
  const far = await office.meeting();
  const [ada, bob, eve] = [await office.person('ada'), await office.person('bob'), await office.fox('eve')];
  // The one who will be asked comes last: the suggestion does not wait for ever.
  await office.enters(bob, eve, ada);
  await Promise.all([sees(ada, far.username), sees(bob, far.username), receivesFromCloud(eve)]);
  const everybodySees = () => Promise.all([sees(ada, far.username, 60), receivesFromCloud(bob, 60), receivesFromCloud(eve, 60)]);
  const apart = await lineBeside(office.site, ada, everybodySees);

  const start = await Promise.all([now(bob), now(eve)]);
  await offers(ada);
  await Promise.all([accepts(bob, ada), accepts(eve, ada)]);
  await Promise.all([receivesFrom(bob, ada), receivesFrom(eve, ada)]);
  await Promise.all([receivesOnlyLocally(bob), receivesOnlyLocally(eve)]);
  await assertSmooth(bob, far.username, start[0], SOON);
  await assertSmooth(eve, far.username, start[1], SOON);
  assert.ok(await isRead(ada, '2 devices on this network receive the pictures from you.'));
  // The timers of a hidden page are slow: a worker beats for it, which the page's policy must allow.
  const [clock] = await Promise.all([ada.waitForEvent('worker'), ada.evaluate(hide)]);
  const together = await lineBeside(office.site, ada, () =>
    Promise.all([sees(ada, far.username, 60), receivesLocally(bob, 60), receivesLocally(eve, 60)]));
  assert.ok(together < apart * 0.6, `beside the sharer's copy the line carried ${Math.round(apart)} bit/s, and then ${Math.round(together)}`);

  assert.ok(clock.url().startsWith('blob:') && ada.workers().includes(clock), 'the clock goes on');

  const stop = await Promise.all([now(bob), now(eve)]);
  await clicks(ada, 'Stop sharing');
  await Promise.all([bob, eve].map((page) => reads(page, 'Sharing has ended. The meeting goes on over the internet.')));
  await Promise.all([receivesFromCloud(bob), receivesFromCloud(eve)]);
  await assertSmooth(bob, far.username, stop[0], SOON);
  await assertSmooth(eve, far.username, stop[1], SOON);
  for (const page of [far, ada, bob, eve]) assertWell(page);
});

/** In the page: it takes itself for hidden. */
function hide() {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
}
