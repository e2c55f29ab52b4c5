import { mediaError } from '../../errors.ts';
import type { Medium } from '../../ports.ts';
import type { RunProgram } from '../program.ts';

/** The shell ejects in its own time and says nothing of how it went: the letter tells. Seconds. */
const WAIT = 15;

/**
 * Does what "Eject" does in the Explorer. `mountvol /P` is not used: it takes an administrator, and closes by force
 * what others have open.
 *
 * @throws EJECT_FAILED
 */
export async function ejectWindowsDisk(run: RunProgram, medium: Medium): Promise<void> {
  const letter = medium.volumes.map(({ node }) => node).find((node) => /^[A-Z]:$/i.test(node));
  if (letter === undefined) {
    throw mediaError('EJECT_FAILED', `${medium.node} has no drive letter to eject it by`);
  }
  const { status, stderr } = await run(powerShell(), [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    script(letter),
  ]);
  if (status === 0) return;
  const why = stderr.trim() === '' ? 'something may have a file on it open' : stderr.trim();
  throw mediaError('EJECT_FAILED', `Windows did not let go of ${letter}: ${why}`);
}

/** 17 is the folder that shows the drives; the verb has this name in every language. */
function script(letter: string): string {
  return [
    `$drive = (New-Object -ComObject Shell.Application).Namespace(17).ParseName('${letter}')`,
    `if ($drive) { $drive.InvokeVerb('Eject') }`,
    `foreach ($turn in 1..${WAIT * 4}) {`,
    `  if (-not (Test-Path -LiteralPath '${letter}\\')) { exit 0 }`,
    `  Start-Sleep -Milliseconds 250`,
    `}`,
    `exit 1`,
  ].join('\n');
}

/** By its whole path: what is first in PATH may be anything. */
function powerShell(): string {
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  return `${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
}
