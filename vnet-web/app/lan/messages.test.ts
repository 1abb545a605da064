import { describe, expect, test } from 'vitest';
import { makeCode, readCode } from './code';
import { answer, candidate, offer, readChannel, readSignal, streamIds, streamsQuery } from './messages';
import { trackIdIn } from './sdp';
import { roomAddress } from './signalling';

describe('messages are those of the original', () => {
  test('an offer carries the description and the names of the streams', () => {
    const description = { type: 'offer', sdp: 'v=0' } as const;
    expect(JSON.parse(offer(description, [{ name: 'Ada', id: 't1' }], 'Bob'))).toEqual({
      type: 'offer',
      content: { descriptionMessage: { type: 'offer', sdp: 'v=0' }, metaData: [{ name: 'Ada', id: 't1' }] },
      name: 'Bob',
    });
  });

  test('answers and candidates are their own content', () => {
    expect(JSON.parse(answer({ type: 'answer', sdp: 'v=0' }, 'Bob'))).toEqual({
      type: 'answer',
      content: { type: 'answer', sdp: 'v=0' },
      name: 'Bob',
    });
    const content = { candidate: 'c', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
    expect(JSON.parse(candidate(content, 'Bob'))).toEqual({ type: 'candidate', content, name: 'Bob' });
  });

  test('the channel says streams, the first time with `act`', () => {
    const streams = [{ name: 'Ada', id: 't1' }];
    expect(JSON.parse(streamIds(streams, true))).toEqual({ type: 'stream_ids', streams, act: false });
    expect(JSON.parse(streamIds(streams))).toEqual({ type: 'stream_ids', streams });
    expect(JSON.parse(streamsQuery(streams))).toEqual({ type: 'streams_query', streams });
  });

  test('what the server relays is read', () => {
    const relayed = (message: object) => readSignal(JSON.stringify(message));
    expect(relayed({ type: 'signal_connected', code: '1', peers_count: 2 })).toEqual({
      type: 'connected',
      peers: 2,
    });
    const description = {
      descriptionMessage: { type: 'offer', sdp: 'v=0' },
      metaData: [{ name: 'Ada', id: 't1' }],
    };
    expect(relayed({ type: 'offer', description, sent_by: 'Bob' })).toEqual({
      type: 'offer',
      description: { type: 'offer', sdp: 'v=0' },
      streams: [{ name: 'Ada', id: 't1' }],
      from: 'Bob',
    });
    const candidates = { candidate: 'c', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' };
    expect(relayed({ type: 'candidate', candidates, sent_by: null })).toEqual({
      type: 'candidate',
      candidate: candidates,
      from: null,
    });
  });

  test.each([
    'no json',
    '[]',
    'null',
    '{}',
    '{"type":"offer","description":null}',
    '{"type":"answer","description":{"type":"offer","sdp":""}}',
    '{"type":"offer","description":{"descriptionMessage":{"type":"offer"}}}',
    '{"type":"candidate","candidates":{}}',
    '{"type":"candidate","candidates":[]}',
    '{"type":"signal_connected","peers_count":"2"}',
    '{"type":"news"}',
  ])('what cannot be used is skipped: %s', (text) => {
    expect(readSignal(text)).toBeNull();
  });

  test('names and ids that are none are skipped', () => {
    const streams = [
      { name: 5, id: 't1' },
      { name: 'x' },
      null,
      7,
      { id: 't2', name: 'Ada', participant: '3', source: 'screen' },
    ];
    expect(readChannel(JSON.stringify({ type: 'stream_ids', streams }))).toEqual({
      type: 'stream_ids',
      streams: [
        { id: 't1', name: '' },
        { id: 't2', name: 'Ada', participant: '3', source: 'screen' },
      ],
    });
    expect(readChannel(new ArrayBuffer(2))).toBeNull();
    expect(readChannel('{"type":"stream_ids","streams":{}}')).toBeNull();
  });
});

describe('codes', () => {
  test('have six digits, and are spread over all of them', () => {
    const codes = Array.from({ length: 2_000 }, makeCode);
    expect(codes.filter((code) => !/^[1-9]\d{5}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBeGreaterThan(1_980);
    expect(new Set(codes.map(([first]) => first)).size).toBe(9);
  });

  test.each([
    ['907308', '907308'],
    [' 907 308 ', '907308'],
    ['907-308', '907308'],
    ['٩٠٧٣٠٨', '907308'],
    ['90730', null],
    ['1000000', null],
    ['90730a', null],
    ['', null],
  ])('%s is read as %s', (typed, code) => {
    expect(readCode(typed)).toBe(code);
  });
});

test('a track is called what its section says', () => {
  const sdp =
    'v=0\r\nm=audio 9\r\na=mid:0\r\na=msid:s a1\r\nm=video 9\r\na=msid:- v1\r\na=mid:1\r\nm=video 9\r\na=mid:2\r\n';
  expect([trackIdIn(sdp, '0'), trackIdIn(sdp, '1'), trackIdIn(sdp, '2'), trackIdIn(sdp, '3')]).toEqual([
    'a1',
    'v1',
    null,
    null,
  ]);
});

test('the address of a room switches the echo off, and is secure where the page is', () => {
  expect(roomAddress('wss://meet.example.org/vnet/ps/', '907308', 'https://x.org/')).toBe(
    'wss://meet.example.org/vnet/ps/907308/?echo=off',
  );
  expect(roomAddress('/vnet/ps/', '907308', 'https://x.org/meet/')).toBe(
    'wss://x.org/vnet/ps/907308/?echo=off',
  );
});
