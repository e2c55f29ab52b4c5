import { expect, test, vi } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import { aDisk, aPart } from '../../testing/disks.ts';
import { fakePrograms } from './testing/fake-program.ts';
import { ejectWindowsDisk } from './windows-eject.ts';

const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

function mediumAt(...nodes: readonly string[]): Medium {
  const [medium] = offer([
    aDisk({ node: '\\\\.\\PHYSICALDRIVE1', parts: nodes.map((node) => aPart({ node })) }),
  ]);
  return medium!;
}

test('the Explorer is asked to eject the letter, by a PowerShell that PATH has no say in', async () => {
  vi.stubEnv('SystemRoot', 'C:\\Windows');
  const { run, ran } = fakePrograms({ [POWERSHELL]: {} });
  await ejectWindowsDisk(run, mediumAt('E:', 'F:'));

  expect(ran).toHaveLength(1);
  expect(ran[0]).toContain(`ParseName('E:')`);
  expect(ran[0]).toContain(`InvokeVerb('Eject')`);
});

test('a letter that stays is a failure', async () => {
  vi.stubEnv('SystemRoot', 'C:\\Windows');
  const { run } = fakePrograms({ [POWERSHELL]: { status: 1 } });

  await expect(ejectWindowsDisk(run, mediumAt('E:'))).rejects.toMatchObject({
    code: 'EJECT_FAILED',
    message: 'Windows did not let go of E:: something may have a file on it open',
  });
});

test.each([[[]], [[`E:'); Remove-Item C:\\`]]])('nothing is run for %j', async (nodes) => {
  const { run, ran } = fakePrograms({});

  await expect(ejectWindowsDisk(run, mediumAt(...nodes))).rejects.toMatchObject({
    code: 'EJECT_FAILED',
  });
  expect(ran).toEqual([]);
});
