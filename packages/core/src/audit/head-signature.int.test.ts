import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { keeping, record } from '../register/testing/kept-run.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { openFileSink } from './audit-sink.ts';
import { exportAudit } from './export-audit.ts';

const run = promisify(execFile);

/** As docs/custody.md tells whoever has neither Holdfast nor the catalog. */
const SCRIPT = `
tail -n 1 audit.jsonl | jq -r .head.signature > head.sig
tail -n 1 audit.jsonl | jq -r '"holdfast-audit-head/1", .head.sequence, .head.hash, .head.time' > head.txt
ssh-keygen -Y verify -f allowed_signers -I holdfast -n holdfast-audit -s head.sig < head.txt
`;

async function exportFrom(scene: Scene): Promise<void> {
  await record(scene, { action: 'init', outcome: 'ok', detail: { made: ['x'] } });
  await keeping(scene, async (its) => {
    await using sink = await openFileSink(scene.path('audit.jsonl'), { replace: 'refuse' });
    await exportAudit({ withHead: true }, sink, its);
  });
  const key = await readFile(scene.path('state/instance-key.pub'), 'utf8');
  await writeFile(scene.path('allowed_signers'), `holdfast ${key}`);
}

test('ssh-keygen alone can tell whether a head is signed', async () => {
  await using scene = await openScene();
  await exportFrom(scene);
  const { stdout } = await run('sh', ['-ec', SCRIPT], { cwd: scene.folder });
  expect(stdout).toMatch(/^Good "holdfast-audit" signature for holdfast/);
});

test('ssh-keygen refuses a head of which one character was changed', async () => {
  await using scene = await openScene();
  await exportFrom(scene);
  const text = await readFile(scene.path('audit.jsonl'), 'utf8');
  const changed = text.replace(
    /("hash":")(.)([^"]*"[^\n]*\n)$/,
    (_, a: string, b: string, c: string) => {
      return `${a}${b === '0' ? '1' : '0'}${c}`;
    },
  );
  expect(changed).not.toBe(text);
  await writeFile(scene.path('audit.jsonl'), changed);
  await expect(run('sh', ['-ec', SCRIPT], { cwd: scene.folder })).rejects.toMatchObject({
    code: 255,
  });
});
