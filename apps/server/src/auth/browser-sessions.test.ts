import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  openBrowserSessions,
  type BrowserSessions,
  type NewSession,
  type SessionEnd,
} from './browser-sessions.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let sessions: BrowserSessions;
let ended: [id: string, why: SessionEnd][] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  ended = [];
  sessions = openBrowserSessions(15 * MINUTE, ({ principal }, why) => {
    ended.push([principal.id, why]);
  });
});
afterEach(() => {
  sessions[Symbol.dispose]();
  vi.useRealTimers();
});

function by(id: string, until: number | null = null): NewSession {
  const principal = { id, name: id, role: 'operator' } as const;
  const login = { principal, proof: { by: 'loopback' }, until, session: null } as const;
  return { login, from: '127.0.0.1', host: 'localhost' };
}

test('a session is found by what its cookie holds, and by nothing else', () => {
  const { session, value } = sessions.begin(by('ann'));
  expect(value).toMatch(/^[\w-]{43}$/);
  expect(session.csrf).toMatch(/^[\w-]{43}$/);
  expect(sessions.find(value)).toBe(session);
  for (const other of [session.csrf, session.id, '', value.slice(1)]) {
    expect(sessions.find(other)).toBeNull();
  }
  expect(JSON.stringify(session)).not.toContain(value);
});

test('who does nothing is logged out, and somebody hears of it then', () => {
  const { session, value } = sessions.begin(by('ann'));
  vi.advanceTimersByTime(14 * MINUTE);
  expect(sessions.find(value)).not.toBeNull();
  vi.advanceTimersByTime(2 * MINUTE);
  expect(ended).toEqual([['ann', 'idle']]);
  expect(sessions.find(value)).toBeNull();
  expect(session.over.aborted).toBe(true);
  sessions.keep(session);
  expect(sessions.find(value)).toBeNull();
});

test('who is there stays, for half a day at most', () => {
  const { session, value } = sessions.begin(by('ann'));
  for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
    vi.advanceTimersByTime(10 * MINUTE);
    sessions.keep(session);
    expect(sessions.find(value)).not.toBeNull();
  }
  expect(session.until).toBe(session.ends);
  vi.advanceTimersByTime(10 * MINUTE);
  expect(sessions.find(value)).toBeNull();
});

test('it ends with what it was begun with', () => {
  const { value } = sessions.begin(by('ann', Date.now() + 5 * MINUTE));
  vi.advanceTimersByTime(4 * MINUTE);
  expect(sessions.find(value)).not.toBeNull();
  vi.advanceTimersByTime(MINUTE);
  expect(sessions.find(value)).toBeNull();
});

test('one that a session begins takes its place, and lasts no longer', () => {
  const first = sessions.begin(by('ann'));
  vi.advanceTimersByTime(MINUTE);
  const { ends } = first.session;
  const again = by('ann', ends);
  const next = sessions.begin({ ...again, login: { ...again.login, session: first.session } });
  expect(sessions.find(first.value)).toBeNull();
  expect(next.session.ends).toBe(ends);
  expect(ends - Date.now()).toBeLessThan(12 * HOUR);
});

test('who logs in again and again ends their own sessions first, and takes no room of others', () => {
  const other = sessions.begin(by('ben'));
  const used = sessions.begin(by('ann'));
  const unused = sessions.begin(by('ann'));
  sessions.keep(used.session);
  for (let count = 0; count < 19; count += 1) sessions.begin(by('ann'));
  expect(ended).toEqual([['ann', 'replaced']]);
  expect(sessions.find(unused.value)).toBeNull();
  expect(sessions.find(used.value)).not.toBeNull();
  expect(sessions.find(other.value)).not.toBeNull();
});

test('when everybody is there, the next one has to wait', () => {
  for (let count = 0; count < 1000; count += 1) sessions.begin(by(`token:${String(count)}`));
  expect(() => sessions.begin(by('late'))).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
  vi.advanceTimersByTime(15 * MINUTE);
  expect(() => sessions.begin(by('late'))).not.toThrow();
});
