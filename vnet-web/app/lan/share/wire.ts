import type {
  Hello as HelloFields,
  ShareBounds,
  ShareEvent,
  ShareMember,
  ShareReport,
  ShareRequest1,
} from '../../generated/share-protocol';

export type { EndedReason, RelinkReason } from '../../generated/share-protocol';

/** The version of the protocol that is spoken here. */
export const VERSION = 2;

export type Hello = { readonly type: 'hello' } & HelloFields;
/** Everything else that a device says. */
export type Request = Exclude<ShareRequest1, { type: 'hello' }>;
export type ServerEvent = ShareEvent;
export type Member = Readonly<ShareMember>;
export type Bounds = Readonly<ShareBounds>;
export type Report = Readonly<ShareReport>;

/** `null`: no object with a type; the server's own words are believed otherwise. */
export function readEvent(text: string): ServerEvent | null {
  try {
    const message: unknown = JSON.parse(text);
    const isTyped = typeof message === 'object' && message !== null && 'type' in message;
    return isTyped ? (message as ServerEvent) : null;
  } catch {
    return null;
  }
}
