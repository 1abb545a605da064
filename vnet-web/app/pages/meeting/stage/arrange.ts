import {
  gridCapacity,
  gridRects,
  mirrored,
  type Rect,
  type Shape,
  type Size,
  split,
  stripRects,
} from './layout';
import { type Plan, pageOf } from './tile-list';

export interface Spot {
  readonly rect: Rect;
  readonly place: 'large' | 'grid' | 'strip' | 'float';
}

export interface Arranged {
  readonly spots: ReadonlyMap<string, Spot>;
  readonly page: number;
  readonly pages: number;
  /** How many tiles a page takes beside the large one. */
  readonly capacity: number;
}

export interface Surroundings {
  readonly compact: boolean;
  /** Read from right to left. */
  readonly rtl: boolean;
  readonly page: number;
  /** As many pictures as can be had at once; missing: as many as people can tell apart. */
  readonly most?: number;
}

const MOST_ON_A_PAGE = 25;
const LEAST_WIDTH = 132;
const LEAST_WIDTH_COMPACT = 175;
const MARGIN = 12;

function shapeOf(box: Size, compact: boolean): Shape {
  const tall = box.height > box.width;
  return { gap: compact ? 6 : 10, minAspect: tall ? 0.5 : 4 / 3, maxAspect: 16 / 9 };
}

/** Turns a plan into places: one page of it. */
export function arrange(
  plan: Plan,
  box: Size,
  { compact, rtl, page, most = MOST_ON_A_PAGE }: Surroundings,
): Arranged {
  const shape = shapeOf(box, compact);
  const spots = new Map<string, Spot>();
  const put = (keys: readonly string[], rects: readonly Rect[], place: Spot['place']) => {
    const placed = rtl ? mirrored(rects, box) : rects;
    for (const [at, key] of keys.entries()) {
      const rect = placed[at];
      if (rect) spots.set(key, { rect, place });
    }
  };
  let capacity: number;
  let part: { page: number; pages: number; keys: string[] };
  if (plan.large) {
    const parts = split(box, plan.rest.length, shape);
    capacity = Math.max(parts.capacity, 1);
    part = pageOf(plan.rest, page, capacity);
    put([plan.large], [parts.large], 'large');
    put(part.keys, stripRects(part.keys.length, parts, shape.gap), 'strip');
  } else {
    const least = compact ? LEAST_WIDTH_COMPACT : LEAST_WIDTH;
    capacity = gridCapacity(box, least, shape, most);
    part = pageOf(plan.rest, page, capacity);
    put(part.keys, gridRects(part.keys.length, box, shape), 'grid');
  }
  if (plan.float) put([plan.float], [corner(box)], 'float');
  return { spots, page: part.page, pages: part.pages, capacity };
}

function corner(box: Size): Rect {
  const tall = box.height > box.width;
  const width = Math.round(
    tall ? Math.min(box.width * 0.28, 140) : Math.min(Math.max(box.width * 0.2, 120), 240),
  );
  const height = Math.round(tall ? (width * 4) / 3 : (width * 9) / 16);
  return { x: box.width - width - MARGIN, y: box.height - height - MARGIN, width, height };
}
