import {
  backupOverdue,
  interruptedJob,
  liveCheckOverdue,
  liveUnreadable,
  neverBackedUp,
  policyUnknown,
  policyViolated,
  rotatedSince,
  singlePoint,
  unknownSigner,
} from './backup-rules.ts';
import {
  olderGenerationReturned,
  oneHost,
  oneMedium,
  protectedMedium,
  supersededCopy,
  tooFewCopies,
  verificationFailed,
} from './copy-rules.ts';
import {
  custodianCheckFailed,
  custodianNeverChecked,
  custodianOverdue,
} from './custodian-rules.ts';
import { copyDrillOverdue, drillFailed, drillOverdue } from './drill-rules.ts';
import type { Finding } from './report.ts';
import type { Rule } from './rule.ts';
import type { SecretView, Surroundings } from './view.ts';

/** The rules for a secret, in the order in which they are told. */
const RULES: readonly Rule[] = [
  neverBackedUp,
  rotatedSince,
  liveUnreadable,
  liveCheckOverdue,
  unknownSigner,
  tooFewCopies,
  oneHost,
  oneMedium,
  backupOverdue,
  verificationFailed,
  drillFailed,
  drillOverdue,
  copyDrillOverdue,
  singlePoint,
  policyUnknown,
  policyViolated,
  custodianNeverChecked,
  custodianOverdue,
  custodianCheckFailed,
  olderGenerationReturned,
  supersededCopy,
  interruptedJob,
  protectedMedium,
];

export function findingsOf(view: SecretView, around: Surroundings): readonly Finding[] {
  return RULES.flatMap((rule) =>
    [...rule(view, around)].map((found) => ({ ...found, secret: view.name })),
  );
}
