/** A whole disk as `diskutil list` shows it. */
export interface ListedDisk {
  /** `disk2` */
  readonly identifier: string;
  /** `null`: it does not say, as before macOS 10.11. */
  readonly location: 'internal' | 'external' | null;
  /** Whether it is made of partitions of other disks: an APFS container, a CoreStorage volume. */
  readonly made: boolean;
  /** What it is made of: `disk0s2`, or a disk without partitions. */
  readonly stores: readonly string[];
  readonly rows: readonly ListedRow[];
}

/** A partition or volume. */
export interface ListedRow {
  /** `disk2s1`; `disk2s4s1` for a snapshot of the volume `disk2s4`. */
  readonly identifier: string;
  /** `EFI`, `Apple_HFS`, `APFS Volume` …; may be cut off when it is long. */
  readonly type: string;
}

/**
 * Reads what `diskutil list` prints. That says what `diskutil info -all`, as systeminformation reads it, does not:
 * what is external, and which disk a container is on.
 */
export function parseDiskutilList(text: string): ListedDisk[] {
  return text
    .split(/^(?=\/dev\/disk)/m)
    .map(parseSection)
    .filter((it) => it !== null);
}

function parseSection(section: string): ListedDisk | null {
  const [head = '', ...lines] = section.split('\n');
  const shape = /^\/dev\/(?<identifier>disk\d+)(?: \((?<words>.*)\))?:?\s*$/.exec(head)?.groups;
  const identifier = shape?.['identifier'];
  if (identifier === undefined) return null;
  const words = (shape?.['words'] ?? '').split(', ');
  const nameColumn = lines.find((line) => /^\s+#:/.test(line))?.indexOf('NAME') ?? 0;
  const isRow = (line: string): boolean => /^\s+\d+:/.test(line);
  return {
    identifier,
    location: (['internal', 'external'] as const).find((it) => words.includes(it)) ?? null,
    made: words.includes('synthesized') || words.includes('virtual'),
    // "Physical Store disk0s2", "Physical Stores disk1s2, disk0s2", "Logical Volume on disk0s2"
    stores: lines
      .filter((line) => !isRow(line))
      .flatMap((line) => line.match(/\bdisk\d+(?:s\d+)*\b/g) ?? []),
    rows: lines.filter(isRow).flatMap((line) => {
      const own = /\b(disk\d+(?:s\d+)+)\s*$/.exec(line)?.[1];
      if (own === undefined) return [];
      return [{ identifier: own, type: line.slice(line.indexOf(':') + 1, nameColumn).trim() }];
    }),
  };
}
