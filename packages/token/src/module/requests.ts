import type { TokenErrorCode } from '../errors.ts';
import type {
  KeyObject,
  KeyPlace,
  LibraryInfo,
  MacMethod,
  MechanismInfo,
  ModuleSetting,
  NewKey,
  RsaMethod,
  SlotInfo,
  TokenPlace,
} from '../ports.ts';

/** What can be asked of the process that has the module, and what it answers. Bytes are wiped by whoever gets them. */
export interface Requests {
  load: { input: ModuleSetting; output: null };
  info: { input: null; output: LibraryInfo };
  slots: { input: null; output: readonly SlotInfo[] };
  mechanisms: { input: { slot: string }; output: readonly MechanismInfo[] };
  objects: { input: { token: TokenPlace }; output: readonly KeyObject[] };
  isLoggedIn: { input: { token: TokenPlace }; output: boolean };
  login: { input: { token: TokenPlace; pin: Uint8Array }; output: null };
  agree: {
    input: { key: KeyPlace; point: Uint8Array; pin: Uint8Array | null };
    output: Uint8Array;
  };
  decrypt: {
    input: {
      key: KeyPlace;
      method: RsaMethod;
      ciphertext: Uint8Array;
      pin: Uint8Array | null;
    };
    output: Uint8Array;
  };
  mac: {
    input: { key: KeyPlace; method: MacMethod; message: Uint8Array; pin: Uint8Array | null };
    output: Uint8Array;
  };
  generate: { input: { token: TokenPlace; key: NewKey }; output: null };
  end: { input: null; output: null };
}

export type RequestName = keyof Requests;

export type RequestMessage = {
  [Name in RequestName]: {
    readonly id: number;
    readonly name: Name;
    readonly input: Requests[Name]['input'];
  };
}[RequestName];

export interface Reply {
  readonly id: number;
  readonly output?: Requests[RequestName]['output'];
  readonly failure?: { readonly code: TokenErrorCode; readonly message: string };
}
