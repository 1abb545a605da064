import { describe, expect, it } from 'vitest';
import { readCode, spellCode } from './meeting-code';

describe('codes', () => {
  it.each([
    'abcdefghjk',
    'abc-defg-hjk',
    ' ABC DEFG HJK ',
    'abc_defg.hjk',
    'abc–defg—hjk',
    'abc\u00a0defg\u200bhjk\n',
    'https://vnet.example/meet/conf/abc-defg-hjk/',
    'http://10.0.0.5:8000/some/prefix/meet/conf/ABCDEFGHJK?x=1#y',
    'Ada invites you: https://vnet.example/meet/conf/abcdefghjk/',
    '/meet/conf/abc%2Ddefg%2Dhjk/',
  ])('%j is read', (text) => {
    expect(readCode(text)).toBe('abcdefghjk');
  });

  it.each([
    '',
    'abc',
    'abcdefghjkm',
    'abcdefghj0',
    'abcdefghjl',
    'abcdefghji',
    'abcdefghju',
    'äbcdefghjk',
    '/conf/%E0%A4%A/',
  ])('%j is none', (text) => {
    expect(readCode(text)).toBeNull();
  });

  it('every character of the alphabet is taken', () => {
    for (const letter of '23456789abcdefghjkmnpqrstvwxyz') {
      expect(readCode(letter.repeat(10))).toBe(letter.repeat(10));
    }
    for (const letter of '01lioUé') expect(readCode(letter.repeat(10))).toBeNull();
  });

  it('are shown in three groups', () => {
    expect(spellCode('abcdefghjk')).toBe('abc-defg-hjk');
    expect(readCode(spellCode('23456789ab'))).toBe('23456789ab');
    expect(spellCode('MjExNzk1')).toBe('MjExNzk1');
  });
});
