import manifest from '../package.json' with { type: 'json' };

/** Of Holdfast. */
export const VERSION: string = manifest.version;
