import type { Lab, LabCase } from '../case.ts';
import { expectThat } from '../guest/lab-error.ts';
import { installProgram } from '../guest/install-program.ts';
import type { Checked, ContractOrder } from '../in-guest/token-contract.ts';
import { openCardGuest } from './open-card-guest.ts';

/** The contract that every token keeps, on a card behind a USB reader and its real drivers. */
export const CONTRACT_CASES: readonly LabCase[] = (['rsa2048', 'p256'] as const).map((kind) => ({
  name: `contract/${kind}`,
  rule: 'a smartcard in a USB reader keeps the contract of tokens',
  run: async (lab: Lab): Promise<string> => await keepContract(lab, kind),
}));

async function keepContract(lab: Lab, kind: 'rsa2048' | 'p256'): Promise<string> {
  // In 9C a key takes its PIN at every use.
  const keys = kind === 'p256' ? ({ '9d': kind } as const) : ({ '9c': kind, '9d': kind } as const);
  await using it = await openCardGuest(lab, keys);
  const order: ContractOrder = { token: 'pkcs11:model=PKCS%2315%20emulated', pin: it.card.pin };
  const program = await installProgram('token-contract');
  const output = await it.guest.check(`node ${program}`, {
    input: JSON.stringify(order),
    milliseconds: 9 * 60_000,
    signal: lab.signal,
  });
  const checked = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Checked);
  const broken = checked.filter(({ failure }) => failure !== null);
  expectThat(
    broken.length === 0,
    broken.map(({ name, failure }) => `${name}: ${failure ?? ''}`).join('\n'),
  );
  return `${checked.length} rules kept, ${it.card.operations} operations on the card`;
}
