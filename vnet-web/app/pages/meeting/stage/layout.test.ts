import { describe, expect, test } from 'vitest';
import {
  bestGrid,
  gridCapacity,
  gridRects,
  mirrored,
  type Rect,
  type Shape,
  split,
  stripRects,
} from './layout';

const SHAPE: Shape = { gap: 8, minAspect: 1, maxAspect: 16 / 9 };
const BOXES = [
  { width: 1280, height: 700 },
  { width: 1920, height: 960 },
  { width: 390, height: 700 },
  { width: 844, height: 300 },
  { width: 800, height: 800 },
];

const overlap = (one: Rect, other: Rect) =>
  one.x < other.x + other.width - 0.01 &&
  other.x < one.x + one.width - 0.01 &&
  one.y < other.y + other.height - 0.01 &&
  other.y < one.y + one.height - 0.01;

describe('a grid', () => {
  test.each(BOXES)('of 1 to 49 tiles stays within $width × $height, and no tile covers another', (box) => {
    const inside = ({ x, y, width, height }: Rect) =>
      x > -0.01 && y > -0.01 && x + width < box.width + 0.01 && y + height < box.height + 0.01;
    const shaped = ({ width, height }: Rect) =>
      width / height > SHAPE.minAspect - 0.01 && width / height < SHAPE.maxAspect + 0.01;
    for (let count = 1; count <= 49; count += 1) {
      const rects = gridRects(count, box, SHAPE);
      expect(rects).toHaveLength(count);
      expect(rects.filter((rect) => !inside(rect) || !shaped(rect))).toEqual([]);
      const covered = rects.filter((rect, at) => rects.slice(at + 1).some((other) => overlap(rect, other)));
      expect(covered).toEqual([]);
    }
  });

  test.each(BOXES)('has the largest tiles that any number of columns gives in $width × $height', (box) => {
    for (let count = 1; count <= 49; count += 1) {
      const best = bestGrid(count, box, SHAPE);
      for (let columns = 1; columns <= count; columns += 1) {
        const rows = Math.ceil(count / columns);
        const width = (box.width - SHAPE.gap * (columns - 1)) / columns;
        const height = (box.height - SHAPE.gap * (rows - 1)) / rows;
        if (width <= 0 || height <= 0) continue;
        const tileWidth = Math.min(width, height * SHAPE.maxAspect);
        const tileHeight = Math.min(height, width / SHAPE.minAspect);
        expect(best.width * best.height).toBeGreaterThanOrEqual(tileWidth * tileHeight - 1.5);
      }
    }
  });

  test('never shrinks its tiles when somebody leaves', () => {
    for (const box of BOXES) {
      for (let count = 2; count <= 49; count += 1) {
        const more = bestGrid(count, box, SHAPE);
        const fewer = bestGrid(count - 1, box, SHAPE);
        expect(fewer.width * fewer.height).toBeGreaterThanOrEqual(more.width * more.height - 1.5);
      }
    }
  });

  test('looks as one expects it on a desk', () => {
    const at = (count: number) => bestGrid(count, { width: 1280, height: 700 }, SHAPE);
    expect(at(1)).toMatchObject({ columns: 1, rows: 1 });
    expect(at(2)).toMatchObject({ columns: 2, rows: 1 });
    expect(at(4)).toMatchObject({ columns: 2, rows: 2 });
    expect(at(9)).toMatchObject({ columns: 3, rows: 3 });
    expect(at(25)).toMatchObject({ columns: 5, rows: 5 });
    expect(at(49)).toMatchObject({ columns: 7, rows: 7 });
  });

  test('puts two people above each other on a phone that is held upright', () => {
    expect(bestGrid(2, { width: 390, height: 700 }, SHAPE)).toMatchObject({ columns: 1, rows: 2 });
  });

  test('centres a last row that is not full', () => {
    const box = { width: 1280, height: 700 };
    const rects = gridRects(5, box, SHAPE);
    const last = rects.slice(3);
    const left = Math.min(...last.map((rect) => rect.x));
    const right = Math.max(...last.map((rect) => rect.x + rect.width));
    expect(left).toBeCloseTo(box.width - right);
  });

  test('of nothing in no room is harmless', () => {
    expect(gridRects(0, { width: 0, height: 0 }, SHAPE)).toEqual([]);
    for (const rect of gridRects(3, { width: 0, height: 0 }, SHAPE)) expect(rect.width).toBe(0);
  });
});

test('a page takes what fits, and never more than asked', () => {
  expect(gridCapacity({ width: 1280, height: 700 }, 140, SHAPE, 25)).toBe(25);
  expect(gridCapacity({ width: 390, height: 700 }, 175, SHAPE, 25)).toBe(12);
  expect(gridCapacity({ width: 10, height: 10 }, 140, SHAPE, 25)).toBe(1);
});

describe('a strip', () => {
  test.each(BOXES)('leaves most of $width × $height to the large tile and holds what it says', (box) => {
    const parts = split(box, 30, SHAPE);
    expect(parts.large.width * parts.large.height).toBeGreaterThan(box.width * box.height * 0.6);
    expect(overlap(parts.large, parts.strip)).toBe(false);
    const rects = stripRects(parts.capacity, parts, SHAPE.gap);
    for (const [at, rect] of rects.entries()) {
      expect(rect.x + rect.width).toBeLessThanOrEqual(box.width + 0.01);
      expect(rect.y + rect.height).toBeLessThanOrEqual(box.height + 0.01);
      for (const other of rects.slice(at + 1)) expect(overlap(rect, other)).toBe(false);
    }
  });

  test('of nobody takes no room', () => {
    const box = { width: 1280, height: 700 };
    expect(split(box, 0, SHAPE).large).toEqual({ x: 0, y: 0, ...box });
  });
});

test('mirrored, the first tile is on the right', () => {
  const box = { width: 1000, height: 500 };
  const rects = gridRects(2, box, SHAPE);
  const other = mirrored(rects, box);
  expect(other[0]?.x).toBeCloseTo(rects[1]?.x ?? Number.NaN);
});
