// A second screen: a page without an account and without encryption, which receives by code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell } from '../browser/browser.mjs';
import { poll } from '../browser/people.mjs';
import { Office, told } from './office.mjs';
import { allows, clicks, opensPanel, receivesLocally, reads, sharesByCode } from './share.mjs';

let office;
before(async () => { office = await Office.open({ plain: true }); });
after(async () => { await office?.close(); });

/** Those in the meeting need a page that may use devices, as one with encryption is. */
const trusted = () => ({ flags: [`--unsafely-treat-insecure-origin-as-secure=${office.server.url}`] });

test('a second screen sees the meeting by code, over plain HTTP and without an account', async () => {
  const far = await office.meeting(trusted());
  const ada = await office.person('ada', trusted());
  await office.enters(ada);
  await opensPanel(ada);
  const code = await sharesByCode(ada);

  const screen = await office.screen();
  await screen.goto(`/meet/watch/#${code}`);
  assert.equal(await screen.evaluate(() => window.isSecureContext), false);
  assert.deepEqual(await screen.context().cookies(), []);
  await poll('the code is filled in', async () => (await screen.getByLabel('Code', { exact: true }).inputValue()) === code, () => told(screen));
  await screen.getByLabel('Name of this screen').fill('Wall');
  await clicks(screen, 'Watch');
  await reads(screen, 'Waiting until the one who shares allows it');
  await reads(ada, 'The second screen “Wall” asks to receive the pictures from you');
  await allows(ada, 'Wall');
  await receivesLocally(screen, 20);
  await reads(screen, `Shared by ${ada.username}`);
  await poll('the picture is shown', () => screen.evaluate(() =>
    [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 5)), () => told(screen));
  await reads(screen, far.username);
  // Sound is off until somebody wants it: the far one's microphone beeps.
  await clicks(screen, 'Turn on sound');
  await poll('it is heard', () => screen.evaluate(async () => {
    const all = (await window.connections()).flatMap(({ streams }) => streams);
    return all.some(({ type, kind, bytesReceived }) => type === 'inbound-rtp' && kind === 'audio' && bytesReceived > 2_000);
  }), () => told(screen));

  await clicks(ada, 'Stop sharing');
  await reads(screen, 'Sharing has ended.');
  for (const page of [ada, screen]) assertWell(page);
});
