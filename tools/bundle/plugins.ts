import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';

import type { Plugin } from 'esbuild';

/** Light stand-ins for what yargs imports but hardly uses; each would cost milliseconds at every start. */
export const lightStandIns: Plugin = {
  name: 'light-stand-ins',
  setup(bundle) {
    bundle.onResolve({ filter: /^(string-width|strip-ansi|assert)$/ }, ({ path }) => ({
      path: join(import.meta.dirname, `replace-${path}.ts`),
    }));
    // Of a manifest, only what the program says about itself.
    bundle.onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

/**
 * Takes from Node's own modules only the names that are used. A plain `import` of one reads all that it
 * exports, and `node:fs` or `node:util` alone then load streams, promises and more.
 */
export const builtinsByName: Plugin = {
  name: 'builtins-by-name',
  setup(bundle) {
    bundle.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return null;
      const namespace = kind === 'require-call' ? 'required-builtin' : 'builtin';
      return { path, namespace, sideEffects: false };
    });
    // What is required is the module itself, which may be a class to extend.
    bundle.onLoad({ filter: /.*/, namespace: 'required-builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
      loader: 'js',
    }));
    bundle.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {});
      const taken = names.map(
        (name) =>
          `const $${name} = /* @__PURE__ */ take('${name}');\nexport { $${name} as ${name} };`,
      );
      return {
        contents: [
          `const all = /* @__PURE__ */ process.getBuiltinModule('${path}');`,
          'const take = (name) => all[name];',
          'export { all as default };',
          ...taken,
        ].join('\n'),
        loader: 'js',
      };
    });
  },
};

/** The entries import the chunks that were built before them. */
export const restIsBeside: Plugin = {
  name: 'rest-is-beside',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/(?:main|plugin\/run-plugin)\.ts$/ }, ({ path }) => ({
      path: `./${basename(path, '.ts')}.js`,
      external: true,
    }));
  },
};
