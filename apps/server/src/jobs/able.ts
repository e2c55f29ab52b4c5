import { stat } from 'node:fs/promises';
import { chooseVolumes, HoldfastError, parseSelector } from '@holdfast/core';
import type { Service } from '../service.ts';

/** How long an answer holds. In milliseconds. */
const HOLDS = 2000;

/** Whether this server has what a need of a job names. */
export type Can = (need: string) => Promise<boolean>;

type Having = Pick<Service, 'config' | 'media' | 'tokens' | 'catalogAccess'>;

export function ability(having: Having): Can {
  const known = new Map<string, { readonly answer: Promise<boolean>; readonly at: number }>();
  return async (need) => {
    const found = known.get(need);
    if (found !== undefined && Date.now() - found.at < HOLDS) return await found.answer;
    const answer = look(need, having).catch(() => false);
    known.set(need, { answer, at: Date.now() });
    return await answer;
  };
}

async function look(need: string, having: Having): Promise<boolean> {
  const [kind = '', ...rest] = need.split(':');
  const what = rest.join(':');
  switch (kind) {
    case 'folder': {
      const { folders } = having.config;
      const path = Object.hasOwn(folders, what) ? folders[what] : undefined;
      return path !== undefined && (await stat(path)).isDirectory();
    }
    case 'medium':
      return await isPluggedIn(what, having);
    case 'token':
      await (await having.tokens.open()).find(what);
      return true;
    case 'target':
      return Object.hasOwn(having.config.targets, what);
    default:
      return true;
  }
}

/** `name` as in a selector; empty: whichever medium there is. */
async function isPluggedIn(name: string, { media, catalogAccess }: Having): Promise<boolean> {
  const selector = parseSelector(name === '' ? 'usb' : `usb:${name}`);
  const wanted = { selector, count: 1, access: 'write' } as const;
  try {
    return (await chooseVolumes(wanted, { media, catalog: catalogAccess })).length > 0;
  } catch (cause) {
    // Too many fit: whoever runs it says so.
    return cause instanceof HoldfastError && cause.code === 'MEDIUM_AMBIGUOUS';
  }
}
