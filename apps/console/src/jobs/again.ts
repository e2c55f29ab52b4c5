import type { Job } from '@holdfast/api';
import { to } from '../frame/links.ts';

/** Address of the page where the same is asked for once more, as far as it is known: nothing secret is. */
export function againAt({ kind, secret, backup, request }: Job): string | null {
  const text = (name: string): string | undefined => {
    const value = request[name];
    return typeof value === 'string' ? value : undefined;
  };
  const copy = text('copy');
  const of = { ...(backup !== null && { backup }), ...(copy !== undefined && { copy }) };
  switch (kind) {
    case 'backup':
      return to.backUp(secret ?? undefined);
    case 'restore': {
      const { target } = (request['to'] ?? {}) as { target?: string };
      return to.restore({ ...of, ...(target !== undefined && { target }) });
    }
    case 'drill':
      return to.drill(of);
    case 'verify':
      return backup === null ? null : to.verify({ ...of, backup });
    case 'envelopes':
      return backup === null ? null : to.envelopes({ ...of, backup });
    default:
      return null;
  }
}
