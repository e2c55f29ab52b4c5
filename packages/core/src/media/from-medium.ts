import type { ChosenVolume, Selector } from '@holdfast/media';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import { lstatOrNull, mediaError } from '@holdfast/media/durable';
import { chooseVolumes } from './choose.ts';
import { findBackups, type FoundBackup } from './find-backups.ts';

/** A medium that is held for reading, and what lies on it. */
export interface OpenMedium extends AsyncDisposable {
  readonly chosen: ChosenVolume;
  /** Newest first. */
  readonly backups: readonly FoundBackup[];
}

type ReadingRun = Pick<Run, 'media' | 'mediumSource' | 'signal' | 'instance' | 'catalog'>;

/**
 * Waits for a medium, mounts it read-only unless it is mounted, and looks at its backups. Disposal leaves it as it
 * was found.
 *
 * @throws what choosing and mounting throw
 */
export async function openMedium(selector: Selector, run: ReadingRun): Promise<OpenMedium> {
  const { media, signal, instance } = run;
  const [chosen] = await chooseVolumes({ selector, count: 1, access: 'read' }, run);
  if (media === undefined || chosen === undefined) {
    throw mediaError('MEDIUM_NOT_FOUND', 'no medium was found');
  }
  await using resources = new AsyncDisposableStack();
  const volume = resources.use(await media.openVolume(chosen, { access: 'read', signal }));
  // A link on it may lead off it.
  if ((await lstatOrNull(volume.folder)) !== null) await volume.assertOnIt(volume.folder);
  const backups = await findBackups(volume.folder, instance);
  const held = resources.move();
  return {
    chosen,
    backups,
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

/**
 * The one backup that is meant: the file of that name, or the newest of the secret of that name; without a name,
 * the newest of the only secret there is. One that never got its name is taken only when it is all there is.
 *
 * @throws BACKUP_NOT_FOUND, BACKUP_AMBIGUOUS
 */
export async function pickBackup(
  backups: readonly FoundBackup[],
  name: string | null,
  mediumSource: Run['mediumSource'],
): Promise<FoundBackup> {
  const byFile = backups.find(({ file }) => file === name);
  if (byFile !== undefined) return byFile;
  const whole = backups.filter(({ inspection }) => inspection !== null);
  const finished = whole.filter(({ unfinished }) => !unfinished);
  const secretOf = ({ inspection }: FoundBackup): string => inspection?.secret ?? DISCREET;
  const secrets = [...new Set((finished.length > 0 ? finished : whole).map(secretOf))];
  let wanted = name ?? secrets[0];
  if (name === null && secrets.length > 1) {
    wanted = (await mediumSource?.chooseBackup?.(secrets)) ?? undefined;
    if (wanted === undefined) {
      throw coreError(
        'BACKUP_AMBIGUOUS',
        `there are backups of several secrets: ${secrets.join(', ')}`,
      );
    }
  }
  const newest = whole.find((it) => secretOf(it) === wanted);
  if (newest !== undefined) return newest;
  const damaged = backups.length - whole.length;
  const what = name === null ? 'no backup on it' : `no backup of ${name} on it`;
  const but = damaged === 0 ? '' : `, only ${damaged} that cannot be read`;
  throw coreError('BACKUP_NOT_FOUND', `there is ${what}${but}`);
}

/** What stands for the name of a secret whose backup does not tell it. */
const DISCREET = '(discreet)';
