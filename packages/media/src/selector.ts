import { mediaError } from './errors.ts';
import type { Medium, Volume } from './ports.ts';

/** What a person writes to say which stick: `usb`, `usb:LABEL`, `usb:UUID`, `usb:SERIAL`, `usb:/dev/sdb1`. */
export interface Selector {
  /** Label, UUID, serial number or node; `null`: whichever there is. */
  readonly name: string | null;
  /** What follows a slash: a secret or a file on it. */
  readonly item: string | null;
}

const SHAPE = /^usb(?::(?<name>\/dev\/(?:mapper\/)?[^/]+|[^/]+))?(?:\/(?<item>[^/]+))?$/;

/** Whether a text is meant as a selector rather than as a path; `./usb` is always a path. */
export function isSelector(text: string): boolean {
  return text === 'usb' || text.startsWith('usb:') || text.startsWith('usb/');
}

/** @throws MEDIUM_SELECTOR_INVALID */
export function parseSelector(text: string): Selector {
  const groups = SHAPE.exec(text)?.groups;
  if (groups === undefined || text.includes('\0')) {
    throw mediaError('MEDIUM_SELECTOR_INVALID', `this names no medium: ${text}`);
  }
  return { name: groups['name'] ?? null, item: groups['item'] ?? null };
}

/** The same, back as text. */
export function formatSelector({ name, item }: Selector): string {
  return `usb${name === null ? '' : `:${name}`}${item === null ? '' : `/${item}`}`;
}

/** Whether a selector names this volume. Labels and serial numbers are compared as they are, UUIDs in either case. */
export function selects({ name }: Pick<Selector, 'name'>, medium: Medium, volume: Volume): boolean {
  if (name === null) return true;
  return (
    name === volume.node ||
    name === medium.node ||
    name === volume.label ||
    name === medium.serial ||
    name.toLowerCase() === volume.uuid?.toLowerCase()
  );
}
