import { describe, expect, test } from 'vitest';
import { member } from '../fake-share';
import { type Branch, receiversOf, treeOf } from './tree';

const told = (branches: readonly Branch[]): string =>
  branches
    .map(({ member: { name }, branches: below }) => (below.length ? `${name}(${told(below)})` : name))
    .join(' ');

const SHARER = member(1, 'Ada');
const under = (device: number, name: string, parent: number, depth = 1) =>
  member(device, name, { parent, depth });

describe('who receives from whom', () => {
  test('is a tree from the sharer on, in the order of the list', () => {
    const members = [under(4, 'Dan', 2, 2), SHARER, under(2, 'Bob', 1), under(3, 'Cid', 1)];
    expect(told(treeOf(members))).toBe('Ada(Bob(Dan) Cid)');
    expect(receiversOf(members).map(({ name }) => name)).toEqual(['Dan', 'Bob', 'Cid']);
  });

  test('loses nobody whose parent is not known, and tells nobody twice', () => {
    expect(told(treeOf([SHARER, under(3, 'Cid', 9, 2)]))).toBe('Ada Cid');
    expect(told(treeOf([SHARER, under(2, 'Bob', 3), under(3, 'Cid', 2)]))).toBe('Ada Bob Cid');
    expect(told(treeOf([under(2, 'Bob', 2)]))).toBe('Bob');
  });

  test('is nothing when nobody is there', () => {
    expect(treeOf([])).toEqual([]);
  });
});
