import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import { openModule } from '../module/open-module.ts';
import { knownModules } from '../modules/known-modules.ts';
import type {
  LibraryInfo,
  ModuleReport,
  ModuleSetting,
  RequestOptions,
  SlotInfo,
  TokenInfo,
  TokenModule,
  TokenPlace,
} from '../ports.ts';
import { matchesToken } from '../uri/match.ts';
import { moduleOf } from '../uri/module-of.ts';
import type { TokenUri } from '../uri/token-uri.ts';

/** A token in its slot, and the module through which it is reached. */
export interface FoundToken {
  readonly module: TokenModule;
  readonly slot: SlotInfo & { readonly token: TokenInfo };
  readonly place: TokenPlace;
}

export interface Reached {
  readonly tokens: readonly FoundToken[];
  /** Of the modules that could not be asked. */
  readonly failures: readonly HoldfastError[];
}

interface Answer {
  readonly module: TokenModule;
  readonly library: LibraryInfo | null;
  readonly slots: readonly SlotInfo[];
  readonly failure: HoldfastError | null;
}

/** All modules that are in use. Each is started when it is first asked, and ended by disposal. */
export class Reach implements AsyncDisposable {
  readonly #given: readonly ModuleSetting[];
  readonly #modules = new Map<string, TokenModule>();
  readonly #opened = new AsyncDisposableStack();
  #known: Promise<readonly ModuleSetting[]> | null = null;

  constructor(modules: readonly ModuleSetting[]) {
    // Named twice, in the configuration and by an option: its tokens are no twins.
    this.#given = [...new Map(modules.map((one) => [resolve(one.path), one])).values()];
  }

  /** Whether the user has named the modules, rather than that they happened to be there. */
  get modulesGiven(): boolean {
    return this.#given.length > 0;
  }

  async report(options: RequestOptions): Promise<ModuleReport[]> {
    const settings = await this.#settings();
    const answers = await Promise.all(settings.map(async (one) => await this.#ask(one, options)));
    return answers.map(({ module, library, slots, failure }) => ({
      path: module.path,
      library,
      slots,
      error: failure === null ? null : { code: failure.code, message: failure.message },
    }));
  }

  /** The initialized tokens that a URI means, each once; with none, all. A module that cannot be asked stops no other. */
  async tokens(uri: TokenUri, options: RequestOptions): Promise<Reached> {
    const settings = moduleOf(uri, await this.#settings());
    const answers = await Promise.all(settings.map(async (one) => await this.#ask(one, options)));
    const tokens = answers.flatMap(({ module, library, slots }) =>
      slots.flatMap((slot): FoundToken[] => {
        const { token } = slot;
        if (library === null || token?.initialized !== true) return [];
        if (!matchesToken(uri, library, slot)) return [];
        const place = { slot: slot.id, label: token.label, serial: token.serial };
        return [{ module, slot: { ...slot, token }, place }];
      }),
    );
    return {
      tokens: tokens.filter((token, index) => !isSeenBefore(token, tokens.slice(0, index))),
      failures: answers.flatMap(({ failure }) => (failure === null ? [] : [failure])),
    };
  }

  async restart(): Promise<void> {
    await Promise.all([...this.#modules.values()].map(async (module) => await module.restart()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #settings(): Promise<readonly ModuleSetting[]> {
    if (this.#given.length > 0) return this.#given;
    this.#known ??= knownModules();
    return await this.#known;
  }

  async #ask(setting: ModuleSetting, options: RequestOptions): Promise<Answer> {
    const module = this.#moduleOf(setting);
    let library: LibraryInfo | null = null;
    try {
      library = await module.info(options);
      return { module, library, slots: await module.slots(options), failure: null };
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code === 'CANCELLED') throw error;
      return { module, library, slots: [], failure: error };
    }
  }

  #moduleOf(setting: ModuleSetting): TokenModule {
    const path = resolve(setting.path);
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const module = this.#opened.use(openModule(setting));
    this.#modules.set(path, module);
    return module;
  }
}

/** The same token through another module, which comes later in the order. */
function isSeenBefore(one: FoundToken, before: readonly FoundToken[]): boolean {
  const { label, serial, manufacturer } = one.slot.token;
  return before.some(
    ({ module, slot: { token } }) =>
      module !== one.module &&
      serial !== '' &&
      token.serial === serial &&
      token.label === label &&
      token.manufacturer === manufacturer,
  );
}
