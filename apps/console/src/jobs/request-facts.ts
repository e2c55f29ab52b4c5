import type { Job } from '@holdfast/api';
import type { Words } from '../words/en/index.ts';

/** What was asked for, word by word: whoever approves it has to see it. Nothing secret is in it. */
export function requestFacts(
  { request }: Job,
  words: Words,
): readonly (readonly [string, string])[] {
  return Object.entries(request)
    .filter(([name, value]) => !ABOUT.includes(name) && !isNothing(value))
    .map(([name, value]) => [words.jobs.asked[name] ?? name, told(value, words)]);
}

/** Told of every job anyway. */
const ABOUT = ['secret', 'backup'];

function isNothing(value: unknown): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}

function told(value: unknown, words: Words): string {
  const { common, jobs } = words;
  if (value === true) return common.yes;
  if (Array.isArray(value)) return value.map((each) => told(each, words)).join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, each]) => `${jobs.asked[name] ?? name} ${told(each, words)}`)
      .join(', ');
  }
  return String(value);
}
