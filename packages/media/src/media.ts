import { mediaError } from './errors.ts';
import { offer, type Protected } from './offer.ts';
import type { ChosenVolume, MediaSystem, Medium } from './ports.ts';
import { linuxSystem } from './system/linux/linux.ts';
import { openVolume, type OpenVolume, type OpenVolumeOptions } from './volume/open-volume.ts';
import {
  mediaAsTheyChange,
  mediaEvents,
  type MediaEvent,
  type WatchOptions,
} from './watch/watch-media.ts';

/** The sticks, cards and disks that are plugged in. */
export interface Media {
  /** All of them, each with what it is and why it is not offered, if so. Mounts nothing. */
  list(signal?: AbortSignal): Promise<readonly Medium[]>;
  /** The same, now and whenever it has changed. Throws CANCELLED. */
  changes(options?: WatchOptions): AsyncIterable<readonly Medium[]>;
  /** What comes, goes and changes from now on. Throws CANCELLED. */
  watch(options?: WatchOptions): AsyncIterable<MediaEvent>;
  /** Mounts a volume for as long as it is held. See {@link openVolume}. */
  openVolume(
    chosen: ChosenVolume,
    options: Omit<OpenVolumeOptions, 'isProtected'>,
  ): Promise<OpenVolume>;
  /**
   * Unmounts all of a medium, whoever mounted it, and switches it off. Throws MEDIUM_CHANGED, MEDIUM_REFUSED,
   * MEDIUM_BUSY, EJECT_FAILED.
   */
  eject(medium: Medium): Promise<void>;
}

export interface MediaSettings {
  /** Labels, UUIDs or serial numbers of media that nothing is ever written to; asked for each time, as a function. */
  readonly protected?: Protected | (() => Promise<Protected>) | undefined;
  /** For tests: another operating system. */
  readonly system?: MediaSystem | undefined;
}

/** Cheap: looks at nothing until it is asked. */
export function removableMedia(settings: MediaSettings = {}): Media {
  const given = settings.protected ?? [];
  const names = async (): Promise<Protected> =>
    typeof given === 'function' ? await given() : given;
  let found: Promise<MediaSystem> | null = null;
  const system = async (): Promise<MediaSystem> =>
    settings.system ?? (await (found ??= systemOf(process.platform)));
  const list = async (signal?: AbortSignal): Promise<readonly Medium[]> =>
    offer(await (await system()).list(signal), await names());
  const watched = { list, fingerprint: async () => await (await system()).fingerprint() };
  return {
    list,
    changes: (options) => mediaAsTheyChange(watched, options),
    watch: (options) => mediaEvents(watched, options),
    openVolume: async (chosen, options) =>
      await openVolume(await system(), chosen, { ...options, isProtected: await names() }),
    async eject({ node, sequence }) {
      const its = await system();
      const now = (await list()).find((it) => it.node === node && it.sequence === sequence);
      if (now === undefined)
        throw mediaError('MEDIUM_CHANGED', `what was at ${node} is not there any more`);
      if (now.refusal !== null)
        throw mediaError('MEDIUM_REFUSED', `${node} is not ejected: ${now.refusal.words}`);
      await its.unmount(now.volumes);
      await its.powerOff(now);
    },
  };
}

async function systemOf(platform: NodeJS.Platform): Promise<MediaSystem> {
  switch (platform) {
    case 'linux':
      return linuxSystem();
    case 'darwin':
    case 'win32': {
      const { experimentalSystem } = await import('./system/other/experimental.ts');
      return experimentalSystem(platform);
    }
    default:
      throw mediaError('MEDIA_UNSUPPORTED', `removable media on ${platform} are not supported`);
  }
}
