import { writeFileDurably } from './write-file.ts';

// Run by tests under strace: writes one file, and prints how that ended.
const [path = '', replace] = process.argv.slice(2);
try {
  const { kept } = await writeFileDurably(path, Buffer.from('new'), {
    replace: replace === 'overwrite' || replace === 'keep-numbered' ? replace : 'refuse',
  });
  process.stdout.write(`kept ${String(kept)}`);
} catch (cause) {
  process.stdout.write(String(cause instanceof Error && 'code' in cause ? cause.code : cause));
}
