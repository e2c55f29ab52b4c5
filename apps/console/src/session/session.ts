import type { Got } from '../api/queries.ts';
import { createContext, useContext } from 'react';

export type Session = Got<'showSession'>;
export type Role = Session['role'];

export interface InSession {
  readonly session: Session;
  readonly logOut: () => Promise<void>;
}

export const SessionContext = createContext<InSession | null>(null);

export function useSession(): InSession {
  const found = useContext(SessionContext);
  if (found === null) throw new TypeError('nobody is logged in here');
  return found;
}

const RANK: Readonly<Record<Role, number>> = { auditor: 0, operator: 1, administrator: 2 };

/** Whether whoever is logged in may do what takes this role. */
export function useMay(): (role: Role) => boolean {
  const { session } = useSession();
  return (role) => RANK[session.role] >= RANK[role];
}
