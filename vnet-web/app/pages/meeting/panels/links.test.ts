import { expect, test } from 'vitest';
import { pieces } from './links';

const links = (text: string) => pieces(text).flatMap(({ href }) => (href ? [href] : []));

test('addresses of the web become links, all else stays text', () => {
  expect(pieces('see https://example.org/a?b=c#d now')).toEqual([
    { text: 'see ', href: null },
    { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
    { text: ' now', href: null },
  ]);
  expect(links('HTTP://EXAMPLE.ORG and https://a.example,https')).toEqual([
    'http://example.org/',
    'https://a.example,https/',
  ]);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'mailto:a@b.c',
  'ftp://example.org/',
  'https://',
  'https://bank.example@evil.example/',
  'https://user:password@example.org/',
  'xhttps://example.org',
])('%s is no link', (text) => {
  expect(links(text)).toEqual([]);
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test.each([
  ['(https://example.org/a)', 'https://example.org/a'],
  ['https://example.org/a_(b)', 'https://example.org/a_(b)'],
  ['Read https://example.org/a.', 'https://example.org/a'],
  ['“https://example.org/a”…', 'https://example.org/a'],
  ['https://example.org/a?!', 'https://example.org/a'],
])('%s links to %s', (text, href) => {
  expect(links(text)).toEqual([href]);
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test('markup is text', () => {
  const text = '<img src=x onerror=alert(1)> https://example.org/"onmouseover=alert(1)';
  expect(links(text)).toEqual(['https://example.org/']);
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test('brackets without end are left out', () => {
  expect(links(`https://example.org/${')'.repeat(4000)}`)).toEqual(['https://example.org/']);
  expect(links('https://example.org/((a)))')).toEqual(['https://example.org/((a))']);
});
