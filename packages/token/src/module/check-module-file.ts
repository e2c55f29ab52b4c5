import { open } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/age';
import { tokenError } from '../errors.ts';

/** e_machine of ELF, by the name that Node has for the architecture. */
const MACHINES: Readonly<Record<string, number>> = {
  ia32: 3,
  mips: 8,
  ppc64: 21,
  s390x: 22,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

const SHARED_OBJECT = 3;

/** Throws MODULE_MISSING, MODULE_INVALID. Only a look: the dynamic linker has the last word. */
export async function checkModuleFile(path: string): Promise<void> {
  const header = await readHead(path);
  if (process.platform !== 'linux') return;
  if (header.length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') {
    throw tokenError('MODULE_INVALID', `${path} is not a shared object`);
  }
  const little = header[5] === 1;
  const read = (at: number): number => (little ? header.readUInt16LE(at) : header.readUInt16BE(at));
  const machine = read(18);
  if (machine !== MACHINES[process.arch]) {
    const name = Object.keys(MACHINES).find((key) => MACHINES[key] === machine);
    throw tokenError(
      'MODULE_INVALID',
      `${path} is for another architecture: ${name ?? `machine ${machine}`}, not ${process.arch}`,
    );
  }
  if (read(16) !== SHARED_OBJECT) {
    throw tokenError('MODULE_INVALID', `${path} is a program or an object file, not a module`);
  }
}

async function readHead(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    if (!(await file.stat()).isFile()) {
      throw tokenError('MODULE_INVALID', `${path} is not a file`);
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw tokenError('MODULE_MISSING', `there is no module at ${path}`);
    }
    throw tokenError('MODULE_INVALID', `${path} cannot be read (${code})`, { cause: error });
  }
}
