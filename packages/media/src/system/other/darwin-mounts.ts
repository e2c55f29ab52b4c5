import type { Mount } from '../../ports.ts';
import { known, type Block, type MountedUse } from './library.ts';

/** A mounted volume of a Mac. */
export interface DarwinMount extends Mount {
  /** `disk2s1` */
  readonly identifier: string;
  /** Bytes; `null` when df said nothing of it. */
  readonly free: number | null;
}

/**
 * What is mounted: from df and mount, as `fsSize()` joins them, and from `diskutil info`. The former have the whole
 * path; of the latter the library keeps what is before a colon only.
 */
export function darwinMounts(blocks: readonly Block[], uses: readonly MountedUse[]): DarwinMount[] {
  const byNode = uses.flatMap((use) => {
    const identifier = /^\/dev\/(disk\d+(?:s\d+)*)$/.exec(use.fs)?.[1];
    return identifier === undefined ? [] : [mountOf(identifier, use.mount, use)];
  });
  const others = blocks.flatMap(({ identifier, mount, fsType }) => {
    const path = known(mount);
    if (path?.startsWith('/') !== true) return [];
    if (byNode.some((it) => it.identifier === identifier)) return [];
    // File systems in user space may be mounted by another name than that of their node.
    const use = uses.find((it) => it.mount === path);
    return [
      use
        ? mountOf(identifier, path, use)
        : { identifier, path, readOnly: false, driver: fsType, free: null },
    ];
  });
  return [...byNode, ...others];
}

function mountOf(identifier: string, path: string, use: MountedUse): DarwinMount {
  // The library finds options by node; for everything else it says that it cannot be written to.
  const readOnly = use.rw === false && use.fs.startsWith('/dev/');
  return { identifier, path, readOnly, driver: use.type, free: use.available };
}
