export const drills = {
  about: 'Rehearsed restores, each with a signed receipt.',
  begin: 'Begin a drill',
  live: 'Live secret',
  notCompared: 'not compared',
  same: 'the same',
  differs: 'differs',
  envelope: 'Envelope',
  empty: 'No drill was made yet',
  emptyWhat:
    'A drill opens a copy as a restore would, and changes nothing. Make one before you need it.',
  receipt: 'Receipt of a drill',
  save: 'Save the receipt',
  saveSignature: 'Save its signature',
  why: 'Why',
  signedBy: 'Signed by',
  shown: 'What it showed',
  notShown: 'What it did not show',
};
