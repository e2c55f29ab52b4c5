import { readFile } from 'node:fs/promises';
import { Secret } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import { openPinGuard, type PinGuard } from '../pin/pin-guard.ts';
import type { PinSource, TokenSettings } from '../ports.ts';
import { pinSourceOf } from '../uri/pin-source.ts';
import type { TokenUri } from '../uri/token-uri.ts';

const MAX_PIN_FILE = 4096;

/** The guards of PINs: one for the source of the settings, and one for each file that a URI names. */
export class PinGuards {
  readonly #settings: TokenSettings;
  readonly #guards = new Map<string | null, PinGuard>();

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** `uri` is what the user gave to name the token; its `pin-source` comes before all other sources. */
  for(uri: TokenUri): PinGuard {
    const path = pinSourceOf(uri);
    const known = this.#guards.get(path);
    if (known !== undefined) return known;
    const { folder, prepareFolder, pins } = this.#settings;
    const source = path === null ? pins : pinFile(path);
    const guard = openPinGuard({ folder, prepareFolder, pins: source });
    this.#guards.set(path, guard);
    return guard;
  }
}

/** A stored PIN: nobody types it, so nobody can confirm the last try. */
function pinFile(path: string): PinSource {
  return {
    pin: async () => ({ pin: await openPinFile(path), typed: false }),
    confirmLastTry: async () => false,
  };
}

async function openPinFile(path: string): Promise<Secret> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw tokenError('PIN_NEEDED', `the "pin-source" ${path} cannot be read`, { cause });
  });
  try {
    if (content.length > MAX_PIN_FILE) {
      throw tokenError('PIN_INVALID', `the "pin-source" ${path} is too long for a PIN`);
    }
    let end = content.length;
    if (content[end - 1] === 0x0a) end--;
    if (content[end - 1] === 0x0d) end--;
    return Secret.copy(content.subarray(0, end));
  } finally {
    content.fill(0);
  }
}
