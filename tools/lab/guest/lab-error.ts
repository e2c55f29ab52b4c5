/** Something in the lab itself went wrong, or a case found what it should not. */
export class LabError extends Error {
  override readonly name = 'LabError';
}

/** States what must hold in a case. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new LabError(otherwise);
}
