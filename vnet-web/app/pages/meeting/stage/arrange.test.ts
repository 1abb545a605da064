import { expect, test } from 'vitest';
import { arrange } from './arrange';
import type { Plan } from './tile-list';

const rest = Array.from({ length: 60 }, (_, number) => `person ${number}`);
const everybody: Plan = { large: null, rest, float: null };
const wide = { width: 2560, height: 1300 };
const around = { compact: false, rtl: false, page: 0 };

test.each([9, 16, 25, 49])(
  'a page holds no more tiles than the %i pictures that can be had at once',
  (most) => {
    const { spots, capacity, pages } = arrange(everybody, wide, { ...around, most });
    expect(capacity).toBe(most);
    expect(spots.size).toBe(most);
    expect(pages).toBe(Math.ceil(rest.length / most));
  },
);

test('a small box holds fewer, whatever can be had', () => {
  const { capacity } = arrange(everybody, { width: 500, height: 400 }, { ...around, most: 49 });
  expect(capacity).toBeLessThan(16);
});
