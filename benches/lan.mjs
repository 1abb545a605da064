// Measures sharing on a local network with real browsers in a network of namespaces; run by scripts/bench-lan.
import { parseArgs } from 'node:util';
import { chain, death, processor, saving } from './lan/measures.mjs';
import { report } from './lan/report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '2,3,5' },
    receivers: { type: 'string', default: '1,2,4,8' },
    transcoded: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    deaths: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '1700000' },
    size: { type: 'string', default: '640x360' },
    fps: { type: 'string', default: '15' },
    'sharer-rate': { type: 'string', default: '1000000' },
    'sharer-size': { type: 'string', default: '1280x720' },
    'sharer-fps': { type: 'string', default: '30' },
    strict: { type: 'boolean', default: false },
  },
});
/** Parts of the line that sharing must save, by people at the site, in percent. */
const GOALS = { 2: 45, 3: 60, 4: 70, 5: 75 };

const numbers = (list) => list.split(',').filter(Boolean).map(Number);
const sourceOf = (size, rate, fps) => {
  const [width, height] = size.split('x').map(Number);
  return { width, height, fps: Number(fps), rate: Number(rate), seconds: Number(values.seconds) };
};
const source = sourceOf(values.size, values.rate, values.fps);
const shared = sourceOf(values['sharer-size'], values['sharer-rate'], values['sharer-fps']);
const parts = {
  saving: async () => { for (const count of numbers(values.people)) await saving(count, GOALS[count], source); },
  chain: () => chain(source),
  processor: async () => {
    await processor('encoded', numbers(values.receivers), Number(values.rounds), shared);
    await processor('transcoded', numbers(values.transcoded), Number(values.rounds), shared);
  },
  death: () => death(Number(values.deaths), source),
};

const failed = [];
for (const [name, measure] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n## ${name}`);
  await measure().catch((error) => {
    console.error(error);
    failed.push(name);
  });
}
const kept = report();
if (failed.length > 0) console.error(`could not be measured: ${failed.join(' ')}`);
process.exitCode = failed.length > 0 || (values.strict && !kept) ? 1 : 0;
