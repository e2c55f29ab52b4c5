import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without this the transformer lowers `using` to a helper, and the tests would run other code than Node does.
  oxc: { target: 'esnext' },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real processes and real files: a worker process for each file keeps signals and umask apart.
    pool: 'forks',
    unstubEnvs: true,
    globalSetup: join(import.meta.dirname, 'tools/temporary-folder.ts'),
  },
});
