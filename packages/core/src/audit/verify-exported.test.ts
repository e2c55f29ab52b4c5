import { createReadStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { entryHash, type AuditEntry, type CatalogEvent } from '@holdfast/catalog';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keeping, record } from '../register/testing/kept-run.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { openFileSink, openStreamSink } from './audit-sink.ts';
import { exportAudit, type ExportReport, type ExportRequest } from './export-audit.ts';
import { verifyExported, type ExportedReport } from './verify-exported.ts';

const LAST = 6;

function event(version: number): CatalogEvent {
  return { action: 'secret.generate', outcome: 'ok', secret: 'sso "1"\u2028', detail: { version } };
}

async function fillLog(scene: Scene): Promise<void> {
  await keeping(scene, async ({ instance, catalog }) => {
    await instance.signer();
    for (let version = 1; version <= LAST; version += 1)
      await catalog.recorder.record([event(version)]);
  });
}

async function exported(
  scene: Scene,
  request: Partial<ExportRequest> = {},
  replace: 'refuse' | 'overwrite' = 'overwrite',
): Promise<{ report: ExportReport; lines: string[] }> {
  const path = scene.path('audit.jsonl');
  const report = await keeping(scene, async (run) => {
    await using sink = await openFileSink(path, { replace });
    return await exportAudit({ withHead: true, ...request }, sink, run);
  });
  return { report, lines: (await readFile(path, 'utf8')).trimEnd().split('\n') };
}

async function verified(scene: Scene, lines: readonly string[]): Promise<ExportedReport> {
  const path = await scene.file('given.jsonl', `${lines.join('\n')}\n`);
  return await verifyExported(path, scene.run());
}

const faultsOf = ({ faults }: ExportedReport): string[] =>
  faults.map(({ sequence, kind }) => `${kind} ${String(sequence)}`);

function altered(line: string | undefined, change: (entry: AuditEntry) => object): string {
  const entry = JSON.parse(line ?? '') as AuditEntry;
  return JSON.stringify({ ...entry, ...change(entry) });
}

/** As somebody forges it who knows how hashes are made, and has no key. */
function forged(line: string | undefined, more: Partial<AuditEntry>): string {
  const entry = { ...(JSON.parse(line ?? '') as AuditEntry), ...more };
  return JSON.stringify({ ...entry, hash: entryHash(entry) });
}

test('what was exported is whole by itself, and its head is signed', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { report, lines } = await exported(scene);
  expect(report).toMatchObject({ entries: LAST, first: 1, last: LAST, head: { sequence: LAST } });
  expect(lines).toHaveLength(LAST + 1);
  expect((await stat(scene.path('audit.jsonl'))).mode & 0o777).toBe(0o600);
  expect(await verified(scene, lines)).toMatchObject({
    ...{ entries: LAST, from: 1, signedUpTo: LAST, faults: [], head: { sequence: LAST } },
  });
});

test('a part of it is whole as well, and says where it begins', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { lines } = await exported(scene, { from: 4 });
  expect(lines).toHaveLength(4);
  expect(await verified(scene, lines)).toMatchObject({ from: 4, entries: 3, faults: [] });
  const { time } = JSON.parse(lines[1] ?? '') as AuditEntry;
  const later = await exported(scene, { since: time });
  expect(later.lines).toEqual(lines.slice(1));
  const none = await exported(scene, { since: '2999-01-01T00:00:00.000Z' });
  expect(none.report).toMatchObject({ entries: 0, first: null, head: null });
});

test('a clock that went back leaves no gap behind the first entry', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  await keeping(scene, async ({ catalog, instance }) => {
    const { signer } = await instance.signer();
    const actor = { who: 'root', from: 'test', instance: signer.fingerprint };
    const there = await catalog.open();
    for (const [id, time] of [
      ['a', '2999-01-01T00:00:00.000Z'],
      ['b', '1999-01-01T00:00:00.000Z'],
    ] as const)
      await there.record([{ id, time, actor, event: event(9) }]);
  });
  const { report } = await exported(scene, { since: '2998-01-01T00:00:00.000Z' });
  expect(report).toMatchObject({ entries: 2, first: LAST + 1, last: LAST + 2 });
});

test('whatever is done to a line, the entry is named', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { lines } = await exported(scene);
  const cases: [string, string[], string[]][] = [
    [
      'altered',
      lines.with(
        2,
        altered(lines[2], () => ({ time: '2026-01-01T00:00:00.000Z' })),
      ),
      ['altered 3'],
    ],
    [
      'renamed',
      lines.with(
        2,
        altered(lines[2], (it) => ({ actor: { ...it.actor, who: 'x' } })),
      ),
      ['altered 3'],
    ],
    ['removed', lines.toSpliced(2, 1), ['removed 3']],
    ['two removed', lines.toSpliced(2, 2), ['removed 3']],
    [
      'exchanged',
      lines.with(2, lines[3] ?? '').with(3, lines[2] ?? ''),
      ['removed 3', 'reordered 3', 'removed 4'],
    ],
    ['doubled', lines.toSpliced(2, 0, lines[1] ?? ''), ['reordered 2']],
    ['forged', lines.with(2, forged(lines[2], { event: event(99) })), ['forged 3']],
    ['garbage', lines.with(2, 'garbage'), ['altered 3']],
    ['empty', lines.with(2, ''), ['altered 3']],
    ['end cut off', lines.toSpliced(LAST - 1, 1), ['cut off 6']],
    ['head cut off', lines.slice(0, -1), ['cut off 6']],
    ['nothing', [], ['altered 1']],
  ];
  for (const [what, given, faults] of cases)
    expect(faultsOf(await verified(scene, given)), what).toEqual(faults);
});

test('a tail that was forged consistently does not have the head that was signed', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { lines } = await exported(scene);
  const forgery = [...lines];
  for (let at = 3, previous: string | undefined; at < LAST; at += 1) {
    const more = previous === undefined ? { event: event(99) } : { previous };
    forgery[at] = forged(lines[at], more);
    previous = (JSON.parse(forgery[at] ?? '') as AuditEntry).hash;
  }
  expect(faultsOf(await verified(scene, forgery))).toEqual(['forged 6']);
});

test('a head counts only by somebody who is trusted, over what it says', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { lines } = await exported(scene);
  const { head } = JSON.parse(lines.at(-1) ?? '') as { head: object };
  const later = JSON.stringify({ head: { ...head, time: '2026-01-01T00:00:00.000Z' } });
  expect(faultsOf(await verified(scene, lines.with(-1, later)))).toEqual(['bad signature 6']);
  const { instance } = (await openAnother(scene)).run;
  const path = scene.path('given.jsonl');
  await writeFile(path, `${lines.join('\n')}\n`);
  expect(faultsOf(await verifyExported(path, { instance }))).toEqual(['unknown signer 6']);
});

async function openAnother(scene: Scene) {
  return await keeping(scene, async (run) => await Promise.resolve({ run }), { state: 'another' });
}

test('no character of it can be changed unseen', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { lines } = await exported(scene);
  const whole = `${lines.join('\n')}\n`;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 2),
      fc.constantFrom('x', '0', ' ', '"', '}'),
      async (at, it) => {
        if (whole[at] === it) return;
        const changed = whole.slice(0, at) + it + whole.slice(at + 1);
        const { faults } = await verified(scene, changed.trimEnd().split('\n'));
        expect(faults).not.toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test('a file that is one long line, or no file at all, is not read as a log', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const path = await scene.file('long', 'x'.repeat(8 * 1024 * 1024));
  expect(faultsOf(await verifyExported(path, scene.run()))).toEqual(['altered 1']);
  const noise = await scene.file('noise', '\n'.repeat(100_000));
  expect((await verifyExported(noise, scene.run())).faults).toHaveLength(1000);
  for (const [name, code] of [
    ['nothing', 'SOURCE_NOT_FOUND'],
    ['.', 'SOURCE_UNREADABLE'],
  ] as const)
    await expect(verifyExported(scene.path(name), scene.run())).rejects.toMatchObject({ code });
});

test('an existing file is not replaced unless that is meant, and a failure leaves nothing', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const path = await scene.file('audit.jsonl', 'mine');
  await expect(exported(scene, {}, 'refuse')).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  const signal = AbortSignal.abort();
  const cancelled = keeping(scene, async (run) => {
    await using sink = await openFileSink(path, { replace: 'overwrite' });
    return await exportAudit({ withHead: true }, sink, { ...run, signal });
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('a stream gets the very same lines, and its end is told when nobody reads on', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  await exported(scene);
  const stream = new PassThrough();
  const reading = text(stream);
  await keeping(scene, async (run) => {
    await using sink = openStreamSink(stream, 'standard output');
    await exportAudit({ withHead: true }, sink, run);
  });
  stream.end();
  expect(await reading).toBe(await text(createReadStream(scene.path('audit.jsonl'))));
  const gone = new PassThrough();
  gone.destroy();
  const lost = keeping(scene, async (run) => {
    await using sink = openStreamSink(gone, 'standard output');
    await exportAudit({ withHead: true }, sink, run);
  });
  await expect(lost).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
});

test('a log that was altered is exported as it is, and no head vouches for that', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  await record(scene, event(7));
  const { DatabaseSync } = await import('node:sqlite');
  {
    using database = new DatabaseSync(scene.path('state/catalog.db'));
    database.exec(
      "delete from heads where sequence = 7; update audit set secret = 'x' where sequence = 7",
    );
  }
  const { report, lines } = await exported(scene);
  expect(report.head).toBeNull();
  expect(report.warnings).toHaveLength(1);
  expect(faultsOf(await verified(scene, lines))).toEqual(['altered 7']);
  await rm(scene.path('audit.jsonl'));
});
