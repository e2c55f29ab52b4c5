import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, Secret } from '@holdfast/core';
import type { Service } from '../service.ts';

const PIN = /^pin-([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/** Takes the PINs over that systemd hands over as credentials `pin-ALIAS`, for as long as the program runs. */
export async function takePins(
  { tokens, pins, log }: Pick<Service, 'tokens' | 'pins' | 'log'>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const folder = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (folder === '') return;
  for (const name of await readdir(folder).catch(() => [])) {
    const [, alias] = PIN.exec(name) ?? [];
    if (alias === undefined) continue;
    const bytes = await readFile(join(folder, name));
    // What an editor put behind it is no part of it.
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
    using pin = Secret.copy(bytes.subarray(0, end));
    bytes.fill(0);
    try {
      const { token } = (await (await tokens.open()).sealingKey(alias)).details;
      pins.keep(token, Secret.copy(pin.bytes), null);
      log.info({ token: alias }, 'took a PIN over');
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      log.error({ err: cause, token: alias }, 'a PIN is for no token that is known here');
    }
  }
}
