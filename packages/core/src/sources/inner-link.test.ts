import { expect, test } from 'vitest';

import { innerLinkTarget } from './inner-link.ts';

test.each([
  ['a', 'b', 'b'],
  ['a', './b', 'b'],
  ['sub/a', '../b', 'b'],
  ['sub/a', '..', '.'],
  ['a', '.', '.'],
  ['sub/deep/a', '../../other/b', 'other/b'],
  ['a', 'sub/', 'sub'],
  ['a', '..b/c', '..b/c'],
])('a link %s to %s stays inside', (name, target, found) => {
  expect(innerLinkTarget(name, target)).toBe(found);
});

test.each([
  ['a', '/etc/passwd'],
  ['a', '..'],
  ['a', '../a'],
  ['sub/a', '../../x'],
  ['a', 'sub/../b'],
  ['a', 'sub/..'],
  ['a', './sub/../../x'],
  ['a', 'x//../..'],
  ['a', ''],
  ['a', 'x\0'],
])('a link %s to %s leaves the tree, or may', (name, target) => {
  expect(innerLinkTarget(name, target)).toBeNull();
});
