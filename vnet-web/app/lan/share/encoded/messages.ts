// What the page and its worker say to each other. The numbers are the page's: a tap is a receiver, a lane a
// sender, a carrier what brings the frames of a tap into a lane.

/** Given to a transform: which end it is at. */
export type End = { readonly tap: number } | { readonly lane: number };

/** Page to worker. */
export type Order =
  /** The lane sends the frames of the tap from now on, in those of the carrier. */
  | { readonly type: 'feed'; readonly lane: number; readonly tap: number; readonly carrier: number }
  /** The lane sends what it is given. */
  | { readonly type: 'pass'; readonly lane: number }
  /** Where the carrier's pictures go; without it the page is asked for each. */
  | { readonly type: 'pictures'; readonly carrier: number; readonly into: WritableStream<VideoFrame> }
  | { readonly type: 'stop'; readonly carrier: number };

/** Worker to page. */
export type Told =
  | { readonly type: 'runs' }
  | { readonly type: 'picture'; readonly carrier: number }
  | { readonly type: 'passes'; readonly lane: number }
  /** So many frames has a tap given so far, while they are wanted; told from time to time. */
  | { readonly type: 'gave'; readonly tap: number; readonly frames: number }
  | { readonly type: 'figures'; readonly carrier: number; readonly figures: Figures };

export interface Figures {
  /** Milliseconds between the arrival of a frame and its way out. */
  readonly lag: number;
  /** Milliseconds of computing so far. */
  readonly cpuMs: number;
  readonly unfit: boolean;
}

/** Width and height of the carrier's pictures: no camera or screen is like that. */
export const CARRIER_SIZE = 64;
