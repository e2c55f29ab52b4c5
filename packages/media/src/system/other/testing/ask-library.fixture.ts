import os from 'node:os';

// Run by tests: has systeminformation believe that it is on another system, where the programs that it starts are
// those in PATH, and prints what it makes of their output.
const [platform = ''] = process.argv.slice(2);
Object.defineProperty(process, 'platform', { value: platform });
// Before Windows 10 it talks to PowerShell in another way.
Object.defineProperty(os, 'release', { value: () => '10.0.19045' });
const { blockDevices, diskLayout, fsSize } = await import('systeminformation');
const answers = {
  blocks: await blockDevices(),
  uses: await fsSize(),
  // On macOS nothing asks for it.
  drives: platform === 'win32' ? await diskLayout() : [],
};
process.stdout.write(JSON.stringify(answers));
