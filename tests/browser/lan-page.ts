// What lan-pair.test.mjs puts into a page: our sharing on a made-up meeting, whose pictures are painted.
import { FakeConference } from '../../vnet-web/app/conference/fake/fake';
import { Lan } from '../../vnet-web/app/lan/lan';

const waitFor = async (what: string, is: () => unknown) => {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    if (is()) return;
    await new Promise((next) => setTimeout(next, 20));
  }
  throw new Error(`waited in vain until ${what}`);
};

/** A meeting with so many others, whose pictures play here. */
async function meet(name: string, people: number) {
  const conference = new FakeConference({ name, people });
  await conference.join();
  const show = () => {
    const pictures = conference.snapshot().streams.filter(({ source }) => source === 'camera');
    conference.want(new Map(pictures.map(({ id }) => [id, { on: true, width: 480 }])));
    return pictures;
  };
  show();
  await waitFor('the pictures play', () => show().every(({ media }) => media));
  const server = document.getElementById('root')?.dataset['signallingServer'] ?? '';
  return { conference, show, lan: new Lan(conference, { server }) };
}

Object.assign(window, { vnetLan: { meet, waitFor } });
