import { hostname, userInfo } from 'node:os';
import type { Actor } from '@holdfast/catalog';

/** Who runs this process, as the audit log tells it. `instance` is the fingerprint of the instance's key. */
export function actorAt(surface: string, instance: string): Actor {
  return { who: whoRuns(), from: `${surface} on ${hostname()}`, instance };
}

function whoRuns(): string {
  const name = loginName();
  // sudo and doas tell who it was before; a hint for the reader, not a proof.
  const before = process.env['SUDO_USER'] ?? process.env['DOAS_USER'];
  if (before === undefined || before === name || !/^[\w.@\\-]{1,64}$/.test(before)) return name;
  return `${name} (sudo by ${before})`;
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A number without a name, as in many containers.
    return `user ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
