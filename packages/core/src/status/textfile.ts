import { resolve } from 'node:path';
import { replaceFile } from '../instance/place-file.ts';
import type { StatusReport } from './report.ts';

/**
 * Writes the file that node_exporter's textfile collector reads. It is whole at any time, and anyone may read it:
 * it tells names of secrets, numbers and times.
 *
 * @throws what writing to that folder ends with
 */
export async function writeTextfile(path: string, report: StatusReport): Promise<void> {
  // What knows the format is loaded only for this.
  const { metricsText } = await import('./metrics.ts');
  const text = await metricsText(report);
  await replaceFile(resolve(path), Buffer.from(text), { fileMode: 0o644, gid: null });
}
