import type { CheckHead } from '@holdfast/catalog';
import { verifySshsig } from '../backup-file/sshsig.ts';
import type { Instance } from '../instance/instance.ts';
import { AUDIT_NAMESPACE } from '../record/catalog-access.ts';

/** Checks signatures over heads of the audit log against whom this instance trusts. @throws CONFIG_INVALID */
export async function headChecker(instance: Instance): Promise<CheckHead> {
  const trust = await instance.trust();
  return (message, signature) => {
    const publicKey = verifySshsig(message, signature, AUDIT_NAMESPACE);
    const principal = trust.principalOf(publicKey, timeIn(message), AUDIT_NAMESPACE);
    return { fingerprint: trust.describe(publicKey).fingerprint, trusted: principal !== null };
  };
}

/** When it was signed, by its own account. */
function timeIn(message: Uint8Array): Date | null {
  const [, , , time = ''] = new TextDecoder().decode(message).split('\n');
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : new Date(at);
}
