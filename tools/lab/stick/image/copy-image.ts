import { runTool } from '../../image/tool.ts';

/** Copies an image without its emptiness: sticks are large, and hundreds of copies are made of one. */
export async function copyImage(from: string, to: string): Promise<void> {
  await runTool('cp', ['--sparse=always', from, to]);
}
