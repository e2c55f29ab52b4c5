import { PivCard, type PivCardOptions } from '@holdfast/token/testing';

import { UsbReader } from '../card/usb-reader.ts';
import type { Lab } from '../case.ts';
import type { Guest } from '../guest/guest.ts';

/** A guest with the repository, and a smartcard in its USB reader. */
export interface CardGuest extends AsyncDisposable {
  readonly guest: Guest;
  readonly reader: UsbReader;
  readonly card: PivCard;
}

export async function openCardGuest(lab: Lab, keys: PivCardOptions['keys']): Promise<CardGuest> {
  await using stack = new AsyncDisposableStack();
  const guest = stack.use(await lab.openGuest());
  await guest.mountRepository();
  const reader = stack.use(new UsbReader(guest));
  const card = new PivCard({ keys, t0: true });
  reader.insert(card);
  await reader.plug();
  await guest.until('opensc-tool --list-readers | grep -q Yes');
  const resources = stack.move();
  return {
    guest,
    reader,
    card,
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}
