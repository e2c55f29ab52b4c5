const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in powers of 1024, as file systems count. */
export function sizeText(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 });
  return `${digits.format(value)} ${UNITS[unit] ?? ''}`;
}

const STEPS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago, or from now, in the largest unit that says enough. */
export function agoText(time: number, now: number, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const seconds = (time - now) / 1000;
  const [unit, size] = STEPS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  return words.format(Math.trunc(seconds / size), unit);
}

/** A span in its largest unit: `12 days`. */
export function spanText(milliseconds: number, locale: string): string {
  const seconds = milliseconds / 1000;
  const fits = STEPS.find(([, size]) => seconds >= size && Number.isInteger(seconds / size));
  const [unit, size] = fits ?? STEPS.find(([, least]) => seconds >= least) ?? ['second', 1];
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, style).format(seconds / size);
}

/** The first characters of an id: enough to tell it from others by eye. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
