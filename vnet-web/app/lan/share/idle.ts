import type { Share, ShareState } from './types';

/** Nothing is shared, and nobody is there. */
export const IDLE: ShareState = {
  online: false,
  role: { kind: 'idle' },
  nearby: [],
  shares: [],
  asked: [],
  invitation: null,
  members: [],
  received: [],
  problem: null,
  cost: null,
  savedBytes: 0,
  savedNearby: 0,
};

const NO_FIGURES = new Map();
const nothing = () => {};

/** For where there is no server to share by: nothing ever happens. */
export const NO_SHARE: Share = {
  state: () => IDLE,
  subscribe: () => nothing,
  open: nothing,
  renewCode: nothing,
  invite: nothing,
  decline: nothing,
  admit: nothing,
  refuse: nothing,
  putOut: nothing,
  ask: nothing,
  askByCode: nothing,
  stop: nothing,
  figures: () => NO_FIGURES,
  close: nothing,
};
