// Sharing by code: who asks is let in or not, and codes cannot be guessed.
import { after, before, test } from 'node:test';
import { Office } from './office.mjs';
import { allows, asksWith, clicks, codeOf, opensPanel, reads, receivesFrom, receivesOnlyLocally, sharesByCode } from './share.mjs';

let office;
before(async () => { office = await Office.open(); });
after(async () => { await office?.close(); });

/** A code of six digits that is none of these. */
const another = (...codes) => ['123456', '234567', '345678', '456789', '567891', '678912'].find((code) => !codes.includes(code));

test('by code: refused, asked again and let in; old and wrong codes are told, and too many of them', async () => {
  await office.meeting();
  const [ada, bob] = [await office.person('ada'), await office.person('bob')];
  await office.enters(ada, bob);
  await Promise.all([opensPanel(ada), opensPanel(bob)]);
  const code = await sharesByCode(ada);

  await asksWith(bob, code);
  await reads(ada, `${bob.username} asks to receive the pictures from you`);
  await clicks(ada, `Refuse ${bob.username}`);
  await reads(bob, 'The one who shares did not allow it.');

  await clicks(ada, 'New code');
  const newer = await codeOf(ada, code);
  await asksWith(bob, code);
  await reads(bob, 'Nobody shares with this code.');

  await asksWith(bob, newer);
  await allows(ada, bob.username);
  await receivesFrom(bob, ada);
  await receivesOnlyLocally(bob);

  const cyd = await office.person('cyd');
  await office.enters(cyd);
  await opensPanel(cyd);
  const wrong = another(code, newer);
  for (let time = 0; time < 4; time += 1) {
    await asksWith(cyd, wrong);
    await reads(cyd, 'Nobody shares with this code.');
  }
  await asksWith(cyd, wrong);
  await reads(cyd, 'Too many wrong codes came from your network.');
  // The right one is not told from the others now; those inside notice nothing.
  await asksWith(cyd, newer);
  await reads(cyd, 'Too many wrong codes came from your network.');
  await receivesOnlyLocally(bob);
});
