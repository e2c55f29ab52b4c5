export const audit = {
  about: 'Every act, by whom and when. Each entry holds the hash of the one before it.',
  action: 'Action',
  number: 'No.',
  verify: 'Check the chain',
  export: 'Export',
  empty: 'There is no such entry',
};
