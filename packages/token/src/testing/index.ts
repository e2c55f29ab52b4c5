export { PivCard, type PivCardOptions } from './virtual-card/piv-card.ts';
export { openSmartcard, type Smartcard } from './virtual-card/open-smartcard.ts';
export type { PivSlot } from './virtual-card/objects.ts';
export { openFaultyModule, type FaultyModule } from './faulty-module.ts';
export { openSoftHsm, type SoftHsm } from './softhsm.ts';
export { contract, type Check } from './contract/contract.ts';
export {
  openSubject,
  rememberedIn,
  type ContractSubject,
  type ContractTarget,
} from './contract/subject.ts';
