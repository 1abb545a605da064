import type { ShareMember } from '../types';

export interface Branch {
  readonly member: ShareMember;
  /** Who receives from it. */
  readonly branches: readonly Branch[];
}

/** Who receives from whom, from the sharer on. Whoever hangs on nobody stands at the top, and nobody is lost or twice. */
export function treeOf(members: readonly ShareMember[]): Branch[] {
  const devices = new Set(members.map(({ device }) => device));
  const placed = new Set<number>();
  const grow = (member: ShareMember): Branch => {
    placed.add(member.device);
    const below = members.filter((one) => one.parent === member.device && !placed.has(one.device));
    for (const { device } of below) placed.add(device);
    return { member, branches: below.map(grow) };
  };
  const isTop = ({ parent, device }: ShareMember) =>
    parent === null || parent === device || !devices.has(parent);
  const top = members.filter(isTop).map(grow);
  // A circle cannot be; if the list says so all the same, its members are shown without it.
  const rest = members.filter(({ device }) => !placed.has(device));
  return [...top, ...rest.map((member) => ({ member, branches: [] }))];
}

/** Those who receive: all but the sharer. */
export const receiversOf = (members: readonly ShareMember[]): ShareMember[] =>
  members.filter(({ parent, depth }) => parent !== null || depth > 0);
