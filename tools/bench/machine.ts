import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** The shape of the machine that figures were taken on, in one line each. */
export function describeMachine(): string[] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  return [
    `${cpu}, ${availableParallelism()} cores, ${memory} GiB of memory`,
    `${type()} ${release()}, Node ${process.version}, age ${ageVersion()}`,
  ];
}

function ageVersion(): string {
  const { stdout } = spawnSync('age', ['--version'], { encoding: 'utf8' });
  return stdout.trim() || 'not installed';
}
