import type { Plugged } from '../api/use-plugged.ts';
import { sizeText } from '../frame/amounts.ts';
import type { Words } from '../words/en/index.ts';

interface Offer {
  readonly selector: string;
  readonly name: string;
  readonly about: string;
  /** Why it cannot be chosen; `null`: it can. */
  readonly refusal: string | null;
}

/** Every volume of a medium, or the medium itself where it has none. */
export function offersOf(medium: Plugged, { seal }: Words, locale: string): readonly Offer[] {
  const maker = [medium.vendor, medium.product].filter(Boolean).join(' ');
  if (medium.volumes.length === 0) {
    const name = maker === '' ? medium.node : maker;
    const about = sizeText(medium.size, locale);
    return [{ selector: medium.node, name, about, refusal: medium.refusal ?? seal.noFileSystem }];
  }
  return medium.volumes.map(({ label, uuid, node, size, free, refusal, writeRefusal }) => ({
    selector: `usb:${label ?? uuid ?? node}`,
    name: label ?? uuid ?? node,
    about: [maker, sizeText(size, locale), free === null ? '' : seal.free(sizeText(free, locale))]
      .filter(Boolean)
      .join(', '),
    refusal: medium.refusal ?? refusal ?? writeRefusal,
  }));
}
