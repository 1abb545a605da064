import { expect, it } from 'vitest';
import { assumesLine } from './sdp';

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');

it('tells the sender of each video codec how much its line carries, and nobody else', () => {
  const before = lines(
    'v=0',
    's=-',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'a=mid:0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:96 nack pli',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:102 H264/90000',
    'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1',
    'a=rtpmap:103 rtx/90000',
    'a=fmtp:103 apt=102',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=rtpmap:111 opus/48000/2',
    'm=video 0 UDP/TLS/RTP/SAVPF 96',
    'a=rtpmap:96 VP8/90000',
  );
  const line = 'x-google-min-bitrate=2000;x-google-start-bitrate=4000';
  expect(assumesLine(before, { least: 2_000_000, first: 4_000_000 }).split('\r\n')).toEqual(
    before
      .replaceAll('a=rtpmap:96 VP8/90000\r\n', `a=rtpmap:96 VP8/90000\r\na=fmtp:96 ${line}\r\n`)
      .replace('packetization-mode=1', `packetization-mode=1;${line}`)
      .split('\r\n'),
  );
});

it('leaves a description without pictures as it is', () => {
  const sound = lines('v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=rtpmap:111 opus/48000/2');
  expect(assumesLine(sound, { least: 1, first: 1 })).toBe(sound);
});
