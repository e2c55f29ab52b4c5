import type {
  CheckedBackup,
  CheckedPolicy,
  Losses,
  LossVerdict,
  Policy,
  PolicyReport,
  Violation,
} from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

/** More losses that are survived would hide those that are not; --json has them all. */
const MOST_SURVIVED = 30;

/** A duration in words, as the configuration has it. */
type DurationText = (milliseconds: number) => string;

/** One line for each policy: its rules, and the secrets under it. */
export function policyListLines(
  policies: readonly { readonly policy: Policy; readonly secrets: readonly string[] }[],
  durationText: DurationText,
): string[] {
  if (policies.length === 0) return ['The configuration has no policies.'];
  return policies.flatMap(({ policy, secrets }) => [
    policy.name,
    ...columns(policyRows(policy, secrets, durationText)),
  ]);
}

/** Every policy and every backup with a table of what its loss would mean, then the sum of it. */
export function policyCheckLines(
  { policies, backups, neverBackedUp, violated }: PolicyReport,
  durationText: DurationText,
  output: Output,
): string[] {
  const { paint } = output;
  if (policies.length + backups.length + neverBackedUp.length === 0) {
    return ['There are no policies, and no backups are known.'];
  }
  return [
    ...policies.flatMap((checked) => [...policyLines(checked, durationText, output), '']),
    ...backups.flatMap((checked) => [...backupLines(checked, output), '']),
    ...neverBackedUp.map(
      ({ secret, policy }) =>
        `${printable(secret)}  ${paint('red', 'never backed up')}, and it is under the policy ${policy}`,
    ),
    violated ? paint('red', 'Rules are broken.') : paint('green', 'No rule is broken.'),
  ];
}

function policyLines(
  { policy, secrets, losses, violations, unknownCustodians }: CheckedPolicy,
  durationText: DurationText,
  output: Output,
): string[] {
  return [
    `policy ${policy.name}`,
    ...columns([
      ...policyRows(policy, secrets, durationText),
      ...violationRows(violations, output),
      ['unknown', unknownCustodians.length === 0 ? null : unknownCustodians.join(', ')],
    ]),
    ...lossLines(losses, output),
  ];
}

function policyRows(policy: Policy, secrets: readonly string[], durationText: DurationText): Row[] {
  const { envelopes, maxAge, drillEvery, checkCustodiansEvery: checkEvery } = policy;
  const rules = [
    policy.requireToken ? 'a token for every envelope' : null,
    policy.copies === 1 ? 'one copy' : `${String(policy.copies)} copies`,
    maxAge === null ? null : `at most ${durationText(maxAge)} old`,
    drillEvery === null ? null : `each copy drilled every ${durationText(drillEvery)}`,
    checkEvery === null ? null : `custodians checked every ${durationText(checkEvery)}`,
    policy.independentRecovery ? 'no token or custodian that all depends on' : null,
  ];
  return [
    ...envelopes.map((expression, place): Row => [
      place === 0 ? 'opens with' : '',
      `${place === 0 ? '' : 'or '}${printable(expression)}`,
    ]),
    ['asks for', rules.filter((rule) => rule !== null).join(', ')],
    ['waives', policy.waive.length === 0 ? null : policy.waive.join(', ')],
    ['secrets', secrets.length === 0 ? null : secrets.map(printable).join(', ')],
  ];
}

function backupLines(checked: CheckedBackup, output: Output): string[] {
  const { secret, id, generation, created, superseded, copies, policy, violations } = checked;
  return [
    `${secret === null ? 'a discreet backup' : printable(secret)}, made ${created}`,
    ...columns([
      ['backup', `${id}, generation ${String(generation)}${superseded ? ', superseded' : ''}`],
      ['copies', String(copies)],
      ['policy', policy],
      ...violationRows(violations, output),
    ]),
    ...lossLines(checked.losses, output),
  ];
}

function violationRows(violations: readonly Violation[], { paint }: Output): Row[] {
  return violations.map(({ rule, words }, place) => [
    place === 0 ? 'broken' : '',
    `${paint('red', rule)}: ${printable(words)}`,
  ]);
}

function lossLines({ restorable, single, pairs, morePairs }: Losses, output: Output): string[] {
  if (!restorable) return [`  ${output.paint('red', 'it cannot be restored as it is')}`];
  const survived = single.filter(({ restorable: after }) => after === 'yes');
  const hidden = new Set(survived.slice(MOST_SURVIVED));
  const shown = single.filter((verdict) => !hidden.has(verdict));
  const together = pairs.map(([first, second], place): Row => [
    place === 0 ? 'two at once' : '',
    printable(`${first}, and ${second}: not restorable`),
  ]);
  return [
    '',
    ...table([
      ['loss', 'restorable from then on'],
      ...shown.map(({ words, restorable: after }) => [
        printable(words),
        verdictText(after, output),
      ]),
    ]),
    ...(hidden.size === 0
      ? []
      : [`  and ${String(hidden.size)} more that it survives; --json has them all`]),
    ...columns([...together, ['', morePairs ? 'and more of these' : null]]),
  ];
}

function verdictText(after: LossVerdict['restorable'], { paint }: Output): string {
  switch (after) {
    case 'yes':
      return paint('green', 'yes');
    case 'perhaps':
      return paint('yellow', 'perhaps: it is not told which one that is');
    case 'no':
      return paint('red', 'no');
  }
}
