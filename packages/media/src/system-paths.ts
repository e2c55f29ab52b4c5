/** Folders that the system lives in, with everything below. */
const TREES: readonly string[] = [
  ...['/bin', '/boot', '/dev', '/efi', '/etc', '/gnu', '/lib', '/lib32', '/lib64', '/nix', '/opt'],
  ...['/ostree', '/proc', '/root', '/sbin', '/snap', '/sys', '/sysroot', '/usr', '/var'],
  // a system that was started from a stick
  ...['/cdrom', '/isodevice', '/run/archiso', '/run/initramfs', '/run/live', '/lib/live'],
  ...['/System', '/private', '/Library', '/Users'],
];
/** Folders that the system lives in, but below which people mount what is theirs. */
const PLACES: readonly string[] = ['/', '/home', '/run', '/srv', '/tmp'];

/** The path itself when the system lives there, else `null`: at `/media/…` or `/backup` it does not. */
export function systemPath(path: string): string | null {
  if (PLACES.includes(path)) return path;
  if (TREES.some((tree) => path === tree || path.startsWith(`${tree}/`))) return path;
  // The home of a person, but not what is mounted inside it.
  if (/^\/home\/[^/]+$/.test(path)) return path;
  return /^C:\\?$/i.test(path) ? path : null;
}
