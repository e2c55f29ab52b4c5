import { Agent, fetch as fetchBy } from 'undici';

export interface TlsGiven {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** A fetch over connections of its own, with these certificates. */
export interface OpenFetch extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch;
}

export function openFetch({ ca, cert, key }: TlsGiven): OpenFetch {
  const agent = new Agent({
    connect: {
      minVersion: 'TLSv1.3',
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    },
    // Events may be long in coming.
    bodyTimeout: 0,
  });
  type Parts = Parameters<typeof fetchBy>;
  const fetch = async (address: Parts[0], init: Parts[1]): Promise<unknown> =>
    await fetchBy(address, { ...init, dispatcher: agent });
  return {
    fetch: fetch as typeof globalThis.fetch,
    async [Symbol.asyncDispose]() {
      await agent.destroy();
    },
  };
}
