// The contract of conferences in a real Chromium: on the embedded media server of a real server, with three
// people in pages of their own, and for the conference that is made up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertWell, fakeDevices, launch } from './browser.mjs';
import { conferenceModule } from './contract.mjs';
import { schedule } from './people.mjs';
import { startServer } from './server.mjs';

let browser;
let server;
let host;
let guest;
let third;
/** Who plays the others of the rule that runs. */
let others = [];

before(async () => {
  const limits = 'join=1000/1s,sign-up=1000/1s,token=1000/1s,write=1000/1s';
  [server, browser] = await Promise.all([startServer('--limit', limits), launch(...fakeDevices)]);
  const { open } = await conferenceModule();
  [host, guest, third] = await Promise.all(['ada_c', 'bob_c', 'cyd_c'].map((name) => open(browser, server.url, name)));
  await Promise.all([host, guest, third].map(bridge));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The others of a rule are asked through the test. */
async function bridge(page) {
  await page.exposeFunction('contractName', (number) => others[number].username);
  await page.exposeFunction('contractAct', (number, act) => others[number].evaluate((what) => window.contract.act(what), act));
  await page.exposeFunction('contractSees', (number) => others[number].evaluate(() => window.contract.sees()));
}

const rulesOf = (page) => page.evaluate(() => window.contract.rules);

test('the conference on the embedded media server keeps the contract', async (t) => {
  for (const rule of await rulesOf(host)) {
    await t.test(rule.name, async () => {
      const code = await schedule(host);
      const [tested, ...rest] = rule.as === 'host' ? [host, guest, third] : [guest, host, third];
      others = rest;
      await Promise.all(rest.map((page) => page.evaluate(([code, name]) => window.contract.play(code, name), [code, page.username])));
      try {
        const concerned = await tested.evaluate(([name, code, own]) => window.contract.run(name, code, own), [rule.name, code, tested.username]);
        assert.ok(concerned, 'the rule concerns every conference here');
        for (const page of [host, guest, third]) assertWell(page);
      } finally {
        await Promise.all(rest.map((page) => page.evaluate(() => window.contract.stop())));
        for (const page of [host, guest, third]) page.faults.length = 0;
      }
    });
  }
});

test('the made-up conference keeps the contract', async (t) => {
  for (const rule of await rulesOf(host)) {
    await t.test(rule.name, async () => {
      const concerned = await host.evaluate((name) => window.contract.run(name, null, ''), rule.name);
      assert.ok(concerned, 'the rule concerns every conference here');
      assertWell(host);
    });
  }
});

test('the first picture is there soon after joining', async (t) => {
  const code = await schedule(host);
  await host.evaluate(([code, name]) => window.contract.play(code, name), [code, host.username]);
  await host.evaluate(async () => {
    await window.contract.act({ do: 'join' });
    await window.contract.act({ do: 'publish', source: 'camera' });
  });
  const times = [];
  for (let count = 0; count < 5; count += 1) {
    times.push(await guest.evaluate((code) => window.contract.timeToFirstFrame(code), code));
  }
  await host.evaluate(() => window.contract.stop());
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const [joined, frame] = [median(times.map((one) => one.joined)), median(times.map((one) => one.frame))];
  t.diagnostic(`in after ${Math.round(joined)} ms, first picture after ${Math.round(frame)} ms (medians of ${times.length})`);
  assert.ok(frame < 1_500, `the first picture came after ${Math.round(frame)} ms`);
});
