// What keeps devices apart, and what people are told of it.
import { afterEach, beforeEach, test } from 'node:test';
import { sees } from '../browser/front.mjs';
import { Office } from './office.mjs';
import { gated } from './plain-link.mjs';
import { accepts, clicks, offers, opensPanel, reads, receivesFrom, receivesFromCloud, receivesOnlyLocally } from './share.mjs';

let office;
beforeEach(async () => { office = await Office.open(); });
afterEach(async () => { await office?.close(); });

/** Two people of the site in the meeting, and one offers the other the pictures. */
async function offered({ sharer = {}, receiver = {} }) {
  const far = await office.meeting();
  const [ada, bob] = [await office.person('ada', sharer), await office.person('bob', receiver)];
  await office.enters(bob, ada);
  await sees(bob, far.username);
  await offers(ada);
  await accepts(bob, ada);
  return { far, ada, bob };
}

/** The meeting goes on as if nothing had been tried. */
const goesOn = async ({ far, bob }) => {
  await receivesFromCloud(bob);
  await sees(bob, far.username);
};

test('both hide, and names are found by multicast', async () => {
  const { ada, bob } = await offered({ sharer: { hides: true }, receiver: { hides: true } });
  await receivesFrom(bob, ada);
  await receivesOnlyLocally(bob);
});

test('no multicast, but the sharer may use its microphone: they find each other', async () => {
  await office.site.blockMulticast();
  const { ada, bob } = await offered({ sharer: { hides: true, devices: true }, receiver: { hides: true } });
  await receivesFrom(bob, ada);
  await receivesOnlyLocally(bob);
});

test('no multicast, and both hide: it is explained, and the meeting goes on', async () => {
  await office.site.blockMulticast();
  const people = await offered({ sharer: { hides: true }, receiver: { hides: true } });
  await reads(people.bob, 'The devices did not find each other: this network passes on no names of devices');
  await goesOn(people);
});

test('devices are kept apart: it is explained, and the meeting goes on', async () => {
  const far = await office.meeting();
  const [ada, bob] = [await office.person('ada'), await office.person('bob')];
  await office.site.isolate();
  await office.enters(bob, ada);
  await sees(bob, far.username);
  await offers(ada);
  await accepts(bob, ada);
  await reads(bob, 'The devices do not reach each other.');
  await goesOn({ far, bob });
});

test('browsers that guard the local network: it is explained, and works when one of them allows it', async () => {
  const people = await offered({ sharer: { flags: gated }, receiver: { flags: gated } });
  const { ada, bob } = people;
  await reads(bob, 'Your browser does not let this page reach devices on your network.');
  await goesOn(people);
  await bob.context().grantPermissions(['local-network-access'], { origin: office.server.url });
  await opensPanel(bob);
  await clicks(bob, `Receive from ${ada.username}`);
  await receivesFrom(bob, ada);
  await receivesOnlyLocally(bob);
});
