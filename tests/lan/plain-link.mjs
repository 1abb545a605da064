// A plain connection between two pages, without any product: whether a network and two browsers allow one.
import assert from 'node:assert/strict';
import { poll } from '../browser/people.mjs';

/** Has a Chromium guard the local network: what is not granted there is not reached. */
export const gated = ['--enable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebRTC'];
/** So long nothing comes of a connection that is not allowed; those that are take a fraction of it. */
const LONG_ENOUGH = 6_000;

/** In the page: a connection, its addresses collected. */
async function begin(offer) {
  window.link?.close();
  const link = new RTCPeerConnection();
  window.link = link;
  if (offer) await link.setRemoteDescription(offer);
  else link.createDataChannel('');
  await link.setLocalDescription(await (offer ? link.createAnswer() : link.createOffer()));
  if (link.iceGatheringState !== 'complete') {
    await new Promise((done) => {
      link.addEventListener('icegatheringstatechange', () => { if (link.iceGatheringState === 'complete') done(); });
    });
  }
  return { type: link.localDescription.type, sdp: link.localDescription.sdp };
}

const state = (page) => page.evaluate(() => window.link.connectionState);

async function tries(one, other) {
  const offer = await one.evaluate(begin);
  const answer = await other.evaluate(begin, offer);
  await one.evaluate((description) => window.link.setRemoteDescription(description), answer);
  return `${offer.sdp}\n${answer.sdp}`;
}

/** The two get a connection. */
export async function connects(one, other) {
  const told = await tries(one, other);
  await poll('the two are connected', async () => (await state(one)) === 'connected' && (await state(other)) === 'connected',
    async () => `${await state(one)}, ${await state(other)}\n${told.match(/a=candidate.*/g)?.join('\n')}`);
}

/** The two get no connection. */
export async function lacks(one, other) {
  const told = await tries(one, other);
  const end = Date.now() + LONG_ENOUGH;
  await poll('there was time', async () => {
    assert.notEqual(await state(one), 'connected', told);
    return Date.now() > end;
  });
}
