import { LabError } from '../../guest/lab-error.ts';
import { runTool } from '../../image/tool.ts';

/** Reads a file from an image with FAT on it, without a guest; `null`: it is not there, or not readable as a whole. */
export async function readFat(image: string, name: string): Promise<Buffer | null> {
  try {
    return await runTool('mtype', ['-i', image, `::${name}`]);
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}
