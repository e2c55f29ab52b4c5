import fc from 'fast-check';
import { expect, test } from 'vitest';

import { systemPath } from './system-paths.ts';

test.each([
  ...['/', '/boot', '/boot/efi', '/efi', '/etc', '/usr/local', '/var', '/var/lib/x', '/root/x'],
  ...['/home', '/home/alice', '/tmp', '/srv', '/run', '/opt/app', '/nix/store', '/gnu/store'],
  ...['/sysroot', '/ostree/x', '/run/live/medium', '/cdrom', '/isodevice', 'C:\\', 'c:'],
  ...['/System/Volumes/Data', '/private/var/vm'],
])('the system lives at %s', (path) => {
  expect(systemPath(path)).toBe(path);
});

test.each([
  ...['/media/alice/BLACK', '/run/media/alice/BLACK', '/mnt', '/mnt/stick', '/backup', '/data'],
  ...['/home/alice/stick', '/tmp/stick', '/srv/stick', '/run/holdfast/volume-x', '/Volumes/BLACK'],
  ...['/bootstick', '/variable', '/usrdata', '/etcetera', '/home-stick', 'E:\\', '/mnt/boot'],
])('people mount what is theirs at %s', (path) => {
  expect(systemPath(path)).toBeNull();
});

test('what lies below a place of the system is the system’s', () => {
  const tree = fc.constantFrom('/boot', '/etc', '/usr', '/var', '/opt', '/root', '/nix');
  const name = fc.stringMatching(/^[a-z ]{1,8}$/);
  fc.assert(
    fc.property(tree, fc.array(name, { maxLength: 4 }), (top, names) => {
      const path = [top, ...names].join('/');
      expect(systemPath(path)).toBe(path);
    }),
  );
});
