/** Where tiles go. Pure: sizes in, rectangles out, all in CSS pixels, left to right. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Shape {
  /** Between tiles. */
  readonly gap: number;
  /** The narrowest and the widest that a tile may be, as width divided by height. */
  readonly minAspect: number;
  readonly maxAspect: number;
}

export interface Grid extends Size {
  readonly columns: number;
  readonly rows: number;
}

/** The most tiles that a page ever has. */
export const MOST_TILES = 49;

/** A tile within a cell: as large as its aspect allows. */
function fitted(cell: Size, shape: Shape): Size {
  const { width, height } = cell;
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  const aspect = width / height;
  if (aspect > shape.maxAspect) return { width: height * shape.maxAspect, height };
  if (aspect < shape.minAspect) return { width, height: width / shape.minAspect };
  return { width, height };
}

/** The columns and rows in which `count` equal tiles are largest; among equals the one with the fewest holes. */
export function bestGrid(count: number, box: Size, shape: Shape): Grid {
  let best: Grid = { columns: 1, rows: Math.max(count, 1), width: 0, height: 0 };
  let holes = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cell = {
      width: (box.width - shape.gap * (columns - 1)) / columns,
      height: (box.height - shape.gap * (rows - 1)) / rows,
    };
    const tile = fitted(cell, shape);
    const area = tile.width * tile.height;
    const gain = area - best.width * best.height;
    const empty = columns * rows - count;
    if (gain > 1 || (gain > -1 && area > 0 && empty < holes)) {
      best = { columns, rows, ...tile };
      holes = empty;
    }
  }
  return best;
}

/** The rectangles of `count` tiles, centred in the box; a last row that is not full is centred too. */
export function gridRects(count: number, box: Size, shape: Shape): Rect[] {
  const { columns, rows, width, height } = bestGrid(count, box, shape);
  const top = (box.height - rows * height - (rows - 1) * shape.gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (box.width - inRow * width - (inRow - 1) * shape.gap) / 2;
    return {
      x: left + (index % columns) * (width + shape.gap),
      y: top + row * (height + shape.gap),
      width,
      height,
    };
  });
}

/** How many tiles a page takes, when each is to be at least so wide. */
export function gridCapacity(box: Size, least: number, shape: Shape, most: number): number {
  let fits = 1;
  for (let count = 2; count <= Math.min(most, MOST_TILES); count += 1) {
    if (bestGrid(count, box, shape).width >= least) fits = count;
  }
  return fits;
}

/** A box with few large tiles, and a strip of small ones at its side or below it. */
export interface Split {
  readonly large: Rect;
  readonly strip: Rect;
  readonly vertical: boolean;
  /** Of one tile in the strip. */
  readonly tile: Size;
  /** How many tiles the strip takes. */
  readonly capacity: number;
}

/** The strip stands at the side of a wide box and below a tall one; narrow boxes get smaller tiles. */
export function split(box: Size, count: number, shape: Shape): Split {
  const { gap } = shape;
  const vertical = box.width > box.height * 1.15;
  if (count === 0) {
    const none = { x: box.width, y: 0, width: 0, height: box.height };
    return {
      large: { x: 0, y: 0, ...box },
      strip: none,
      vertical,
      tile: { width: 0, height: 0 },
      capacity: 0,
    };
  }
  if (vertical) {
    const width = Math.round(Math.min(Math.max(box.width * 0.18, 112), 240));
    const tile = { width, height: Math.round((width * 9) / 16) };
    const capacity = Math.max(1, Math.floor((box.height + gap) / (tile.height + gap)));
    return {
      large: { x: 0, y: 0, width: box.width - width - gap, height: box.height },
      strip: { x: box.width - width, y: 0, width, height: box.height },
      vertical,
      tile,
      capacity,
    };
  }
  const height = Math.round(Math.min(Math.max(box.height * 0.15, 72), 140));
  // At least four beside each other, on the narrowest phone too.
  const quarter = Math.floor((box.width - 3 * gap) / 4);
  const tile = { width: Math.max(1, Math.round(Math.min((height * 4) / 3, quarter))), height };
  const capacity = Math.max(1, Math.floor((box.width + gap) / (tile.width + gap)));
  return {
    large: { x: 0, y: 0, width: box.width, height: box.height - height - gap },
    strip: { x: 0, y: box.height - height, width: box.width, height },
    vertical,
    tile,
    capacity,
  };
}

/** The rectangles of `count` tiles in a strip, from its start, centred along it. */
export function stripRects(count: number, { strip, vertical, tile }: Split, gap: number): Rect[] {
  const along = vertical ? tile.height : tile.width;
  const length = count * along + (count - 1) * gap;
  const start = Math.max(0, ((vertical ? strip.height : strip.width) - length) / 2);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * (along + gap);
    return vertical ? { x: strip.x, y: strip.y + at, ...tile } : { x: strip.x + at, y: strip.y, ...tile };
  });
}

/** The same rectangles for people who read from right to left. */
export function mirrored(rects: readonly Rect[], box: Size): Rect[] {
  return rects.map((rect) => ({ ...rect, x: box.width - rect.x - rect.width }));
}
