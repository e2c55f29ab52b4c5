import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Block, Drive, MountedUse } from '../library.ts';

const run = promisify(execFile);

/** What programs printed; where it comes from is in fixtures/README.md. */
export interface RecordedMac {
  /** `diskutil info -all` */
  readonly info: string;
  readonly mount?: string;
  /** `df -kP` */
  readonly df?: string;
}

/** The same of PowerShell, as `Format-List` has it. */
export interface RecordedWindows {
  /** Win32_LogicalDisk */
  readonly logical: string;
  /** Win32_DiskDrive, with the letters of each. */
  readonly letters: string;
  /** Win32_DiskDrive */
  readonly drives: string;
  /** Get-PhysicalDisk */
  readonly physical: string;
}

export interface Answers {
  readonly blocks: readonly Block[];
  readonly uses: readonly MountedUse[];
  readonly drives: readonly Drive[];
}

/** A file in fixtures/. */
export async function recorded(name: string): Promise<string> {
  return await readFile(join(import.meta.dirname, '../fixtures', name), 'utf8');
}

/** What systeminformation itself makes of what a Mac's programs printed. */
export async function askOnMac({ info, mount = '', df = '' }: RecordedMac): Promise<Answers> {
  return await ask(
    'darwin',
    { info, mount, df },
    {
      diskutil: 'if [ "$1" = info ]; then cat "$RECORDED/info"; fi',
      mount: 'cat "$RECORDED/mount"',
      df: 'cat "$RECORDED/df"',
    },
  );
}

/** What systeminformation itself makes of what PowerShell printed. */
export async function askOnWindows(texts: RecordedWindows): Promise<Answers> {
  const { logical, letters, drives, physical } = texts;
  return await ask(
    'win32',
    { logical, letters, drives, physical },
    {
      'powershell.exe': [
        'case "$*" in',
        '*Partitions*) name=letters ;;',
        '*Win32_[Ll]ogical[Dd]isk*) name=logical ;;',
        '*Win32_DiskDrive*) name=drives ;;',
        '*Get-PhysicalDisk*) name=physical ;;',
        'esac',
        // Lines end there as they do on Windows.
        `sed 's/$/\\r/' "$RECORDED/$name"`,
      ].join('\n'),
    },
  );
}

async function ask(
  platform: string,
  texts: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>>,
): Promise<Answers> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-recorded-'));
  try {
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(folder, name), text);
    }
    const bin = await mkdtemp(join(folder, 'bin-'));
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const { stdout } = await run(
      process.execPath,
      [join(import.meta.dirname, 'ask-library.fixture.ts'), platform],
      { env: { PATH: `${bin}:/usr/bin:/bin`, RECORDED: folder } },
    );
    return JSON.parse(stdout) as Answers;
  } finally {
    await rm(folder, { recursive: true });
  }
}
