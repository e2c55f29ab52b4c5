import { globSync } from 'node:fs';

import { openPcscd, type Pcscd } from './pcscd.ts';
import { PivCard, type PivCardOptions } from './piv-card.ts';
import { VirtualReader } from './reader.ts';

/** OpenSC's module, a pcscd of its own, and virtual cards in virtual readers. */
export interface Smartcard extends AsyncDisposable {
  /** Path of OpenSC's PKCS#11 module. */
  readonly module: string;
  /** What the module needs in its environment to find this pcscd and no other. */
  readonly environment: Pcscd['environment'];
  /** Inserted in the first reader. */
  readonly card: PivCard;
  readonly reader: VirtualReader;
  /** Empty to begin with. */
  readonly spareReader: VirtualReader;
}

/** Takes the packages opensc-pkcs11, pcscd and vsmartcard-vpcd. */
export async function openSmartcard(
  options: PivCardOptions = { keys: { '9a': 'p256', '9c': 'rsa2048', '9d': 'rsa2048' } },
): Promise<Smartcard> {
  const module = globSync('/usr/lib/*/opensc-pkcs11.so')[0];
  if (module === undefined) throw new Error('opensc-pkcs11 is not installed');
  const card = new PivCard(options);
  await using stack = new AsyncDisposableStack();
  const pcscd = stack.use(await openPcscd());
  const [reader, spareReader] = pcscd.ports.map((port) => stack.use(new VirtualReader(port)));
  await reader!.insert(card);
  const resources = stack.move();
  return {
    module,
    environment: pcscd.environment,
    card,
    reader: reader!,
    spareReader: spareReader!,
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}
