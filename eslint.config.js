import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tsdoc from 'eslint-plugin-tsdoc';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

import { bindOpenWithUsing } from './tools/lint/bind-open-with-using.ts';

/** Arrows run down only: apps -> core -> token, media, catalog -> age. */
const LAYERS = {
  'layer:age': [],
  'layer:token': ['layer:age'],
  'layer:media': ['layer:age'],
  'layer:catalog': ['layer:age'],
  'layer:core': ['layer:age', 'layer:token', 'layer:media', 'layer:catalog'],
  'layer:api': [],
  'layer:app': ['layer:core', 'layer:api'],
  'layer:console': ['layer:api'],
  'layer:tools': ['*'],
};

/** Native drivers, each with the one package that may import it. */
const DRIVERS = { pkcs11js: 'packages/token', usb: 'packages/media' };

/** @param {string[]} allowed */
function driversBut(...allowed) {
  const paths = Object.entries(DRIVERS)
    .filter(([name]) => !allowed.includes(name))
    .map(([name, home]) => ({ name, message: `Only ${home} may import ${name}.` }));
  return { 'no-restricted-imports': ['error', { paths }] };
}

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/vectors/**', '.nx/**', 'test-results/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    plugins: {
      '@nx': nx,
      tsdoc,
      holdfast: { rules: { 'bind-open-with-using': bindOpenWithUsing } },
    },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          banTransitiveDependencies: true,
          enforceBuildableLibDependency: false,
          depConstraints: Object.entries(LAYERS).map(([sourceTag, below]) => ({
            sourceTag,
            onlyDependOnLibsWithTags: below,
          })),
        },
      ],
      ...driversBut(),

      // A scope with `using` ends before a promise that is returned without await.
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/promise-function-async': 'error',
      '@typescript-eslint/require-await': 'off',
      'holdfast/bind-open-with-using': 'error',

      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrors: 'none', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'tsdoc/syntax': 'error',

      eqeqeq: 'error',
      'max-lines': ['error', 250],
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Set process.exitCode and return.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Export by name.' },
      ],
      'object-shorthand': 'error',
    },
  },
  { files: ['packages/token/**/*.ts'], rules: driversBut('pkcs11js') },
  { files: ['packages/media/**/*.ts'], rules: driversBut('usb') },
  {
    files: ['**/*.test.ts', '**/testing/**/*.ts'],
    rules: {
      // expect.any() and its kin are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': 'off',
    },
  },
  // What a component shows may be a promise by its type, and is none here.
  {
    files: ['**/*.tsx'],
    rules: { '@typescript-eslint/promise-function-async': 'off' },
  },
  // Words: functions of one line, whose type is what they say.
  {
    files: ['apps/console/src/words/**/*.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  // That is how Vite takes it.
  { files: ['**/vite.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  { files: ['tools/**/*.ts'], rules: { 'no-console': 'off' } },
  prettier,
);
