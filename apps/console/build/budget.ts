import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

/** Compressed bytes of everything that the first page takes. */
const BUDGET = 200_000;

/** Fails a build whose first page, with all that it imports before it shows anything, is larger than that. */
export function budget(): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const first = new Set<string>();
      const take = (name: string): void => {
        const chunk = bundle[name];
        if (first.has(name) || chunk?.type !== 'chunk') return;
        first.add(name);
        for (const style of stylesOf(chunk)) first.add(style);
        for (const next of chunk.imports) take(next);
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk' && chunk.isEntry) take(chunk.fileName);
      }
      const sizes = [...first].map(
        (name) => gzipSync(contentOf(bundle[name]), { level: 9 }).length,
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const told = `the first page takes ${String(total)} of ${String(BUDGET)} bytes, compressed`;
      if (total > BUDGET) this.error(told);
      else this.info(told);
    },
  };
}

function stylesOf(chunk: Rollup.OutputChunk): readonly string[] {
  const { viteMetadata } = chunk as Rollup.OutputChunk & {
    viteMetadata?: { readonly importedCss: ReadonlySet<string> };
  };
  return [...(viteMetadata?.importedCss ?? [])];
}

function contentOf(output: Rollup.OutputBundle[string] | undefined): string | Uint8Array {
  if (output === undefined) return '';
  return output.type === 'chunk' ? output.code : output.source;
}
