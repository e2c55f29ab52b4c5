// The lab: a small Linux in a virtual machine, and real kernel drivers, for what no process can pretend to have.
//
//   npm run lab                    every case; what came of them goes to docs/reliability.md
//   npm run lab -- --important     those that .ci/run runs
//   npm run lab -- contract/p256   one case, or all whose names begin like that
//
// The first run builds the image of the guest (Debian, Node, this folder's `image/root`; a minute or two, as root)
// and boots it once; both are kept in ~/.cache/holdfast-lab. Every case then gets a guest of its own, restored
// from the memory of the booted one in two seconds or so, with this repository mounted read-only.
//
//   image/   what the guest is made of (contents.ts), and how
//   guest/   a running guest: QEMU, its QMP, and the agent that runs commands inside
//   stick/   USB sticks, bad ones among them, and other disks and gadgets
//   card/    a USB smartcard reader in the guest's port, with virtual cards
//   cases/   what must hold
//   in-guest/  the programs that cases run inside, from the mounted repository
import { CASES } from './cases/index.ts';
import { openGuest, provideSnapshot } from './guest/open-guest.ts';
import { provideImage } from './image/build-image.ts';
import { outcomeHead, outcomeRow } from './outcome-row.ts';
import { writeReport } from './report.ts';
import { runCase } from './run-case.ts';
import type { LabCase, Outcome } from './case.ts';

const important = process.argv.includes('--important');
const wanted = process.argv.slice(2).filter((it) => !it.startsWith('--'));
const unknown = wanted.find((it) => !CASES.some(({ name }) => name.startsWith(it)));
if (unknown !== undefined) {
  throw new Error(`there is no case ${unknown}, only: ${CASES.map((it) => it.name).join(', ')}`);
}
const cases = CASES.filter(
  ({ name, whole = false }) =>
    (!important || !whole) && (wanted.length === 0 || wanted.some((it) => name.startsWith(it))),
);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stop.abort());
}

const progress = { say: (text: string) => console.log(text), signal: stop.signal };
const snapshot = await provideSnapshot(await provideImage(progress), progress);

let failed = 0;
const outcomes: (readonly [LabCase, Outcome])[] = [];
console.log(outcomeHead(cases));
for (const it of cases) {
  if (stop.signal.aborted) break;
  const open = async (signal: AbortSignal): ReturnType<typeof openGuest> =>
    await openGuest(snapshot, signal);
  const outcome = await runCase(it, open, { whole: !important, signal: stop.signal });
  outcomes.push([it, outcome]);
  console.log(outcomeRow(cases, it, outcome));
  if (!outcome.passed) failed += 1;
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
if (outcomes.length === CASES.length && failed === 0) await writeReport(outcomes);
process.exitCode = failed > 0 || stop.signal.aborted ? 1 : 0;
