import type { ConferenceError, LeaveReason } from '../conference';
import type { AcsEndReason } from './sdk';
import { type AcsWord, failure } from './words';

/** What the end of a call means here. */
export interface Ending {
  readonly reason: LeaveReason;
  readonly word: AcsWord | null;
  /** Whether joining again makes sense. */
  readonly retry: boolean;
  /** Whether that needs a fresh token. */
  readonly renew: boolean;
  /** For people who look it up in the service's table of codes. */
  readonly code: string;
}

type Meaning = readonly [LeaveReason, AcsWord | null, ('retry' | 'renew')?];

/**
 * By subcode, which says more than the code.
 *
 * Source: Microsoft Learn, "Understanding calling codes and subcodes errors" (call end codes).
 */
const BY_SUBCODE: Readonly<Record<number, Meaning>> = {
  4097: ['ended', 'ended'],
  4507: ['failed', 'token', 'renew'],
  4521: ['failed', 'network', 'retry'],
  5000: ['removed', 'removed'],
  5300: ['removed', 'removed'],
  5317: ['removed', 'removed'],
  5828: ['denied', 'denied'],
  5829: ['denied', 'denied'],
  5830: ['denied', 'denied'],
  7000: ['ended', 'ended'],
  10003: ['elsewhere', 'elsewhere'],
  10009: ['failed', 'token', 'renew'],
};

const BY_CODE: Readonly<Record<number, Meaning>> = {
  0: ['left', null],
  401: ['failed', 'token', 'renew'],
  403: ['denied', 'denied'],
  404: ['not-found', 'notFound'],
  408: ['failed', 'timeout', 'retry'],
  410: ['failed', 'network', 'retry'],
  430: ['failed', 'network', 'retry'],
  480: ['failed', 'network', 'retry'],
  481: ['failed', 'service', 'retry'],
  487: ['left', null],
  490: ['failed', 'network', 'retry'],
  491: ['failed', 'network', 'retry'],
  495: ['failed', 'token', 'renew'],
  496: ['failed', 'network', 'retry'],
  497: ['failed', 'network', 'retry'],
  498: ['failed', 'network', 'retry'],
  500: ['failed', 'service', 'retry'],
  503: ['failed', 'service', 'retry'],
  504: ['failed', 'service', 'retry'],
  603: ['denied', 'denied'],
};

export function endingOf(end: AcsEndReason | undefined): Ending {
  const { code = 0, subCode = 0 } = end ?? {};
  const [reason, word, again] = BY_SUBCODE[subCode] ?? BY_CODE[code] ?? ['failed', 'failed'];
  return { reason, word, retry: again !== undefined, renew: again === 'renew', code: `${code}/${subCode}` };
}

/** What people are told of an ending; the codes stay in it for those who help them. */
export function sayEnding({ reason, word, code }: Ending): ConferenceError {
  const error = failure(reason, word ?? 'failed', { code });
  if (reason === 'failed' && word !== 'failed') error.message += ` (${code})`;
  return error;
}

/** Errors that the SDK throws have a number as `code`, HTTP-like, and a `subCode`. */
export function endingOfError(error: unknown): Ending {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number') {
    const subCode = 'subCode' in error && typeof error.subCode === 'number' ? error.subCode : 0;
    return endingOf({ code: error.code, subCode });
  }
  return { reason: 'failed', word: 'network', retry: true, renew: false, code: messageOf(error) };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
