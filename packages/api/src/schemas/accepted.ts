import type { Answer } from '../route.ts';
import { job } from './job.ts';

/** What long work is answered with. */
export const accepted = {
  202: { words: 'the job; Location says where it is', json: job },
} as const satisfies Readonly<Record<number, Answer>>;
