// Looks below the folder given, for a test that watches the system calls.
import { discover } from './discover.ts';

const { finds } = await discover({ root: process.argv[2] });
process.stdout.write(JSON.stringify(finds));
