import type { Route } from '@holdfast/api';
import type { Principal } from '../auth/principal.ts';
import { serverError } from '../errors.ts';

/** @throws FORBIDDEN when the role may not, or an invitation is for another session */
export function authorize(
  route: Route,
  { role, session }: Principal,
  params: Readonly<Record<string, string>>,
): void {
  const isOwn = session !== undefined && params['id'] === session;
  const mayHere = role !== 'custodian' || route.params === undefined || isOwn;
  if (route.roles.includes(role) && mayHere) return;
  const may = route.roles.filter((each) => each !== 'custodian').join(', ');
  throw serverError('FORBIDDEN', `the role ${role} may not do this; it takes one of: ${may}`);
}
