import { removableMedia, type ChosenVolume } from '@holdfast/media';
import { aDisk, toldSystem } from '@holdfast/media/testing';

/** The only volume of a stick, as it is offered. */
export async function offered(more: Parameters<typeof aDisk>[0] = {}): Promise<ChosenVolume> {
  const [medium] = await removableMedia({ system: toldSystem(aDisk(more)) }).list();
  const volume = medium?.volumes[0];
  if (medium === undefined || volume === undefined) throw new Error('nothing is offered');
  return { medium, volume };
}
