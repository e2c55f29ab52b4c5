import type { Config, Policy } from '@holdfast/core';
import type { MadeBackup } from './report-backup.ts';

/** The policy in force: the one that was named, else the one that the configuration has for the secret. */
export async function policyGiven(
  named: string | undefined,
  secret: string,
  { policies, secrets }: Config,
): Promise<Policy | undefined> {
  const configured = Object.hasOwn(secrets, secret) ? secrets[secret]?.policy : null;
  const name = named ?? configured ?? null;
  if (name === null) return undefined;
  const { policyNamed } = await import('@holdfast/core');
  return policyNamed(policies, name);
}

/** Says so when fewer copies were made than the policy asks for: the others can still be made. */
export function withCopiesWarning<Report extends MadeBackup>(
  report: Report,
  policy: Policy | undefined,
): Report {
  const made =
    'copies' in report ? report.copies.filter(({ failure }) => failure === null).length : 1;
  if (policy === undefined || made >= policy.copies) return report;
  const warning = `the policy ${policy.name} asks for ${String(policy.copies)} copies; this made ${String(made)}`;
  return { ...report, warnings: [...report.warnings, warning] };
}
