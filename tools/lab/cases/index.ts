import type { LabCase } from '../case.ts';
import { READER_CASES } from './smartcard-reader.ts';

/** All cases, in the order in which they run. */
export const CASES: readonly LabCase[] = [...READER_CASES];
