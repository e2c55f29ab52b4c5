const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size for a person: `32 bytes`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const name = bytes === 1 ? 'byte' : (UNITS[unit] ?? '');
  return `${value.toFixed(digits)} ${name}`;
}

/** A span of time for a person: `0.8 s`, `42 s`, `3:05 min`, `2:10 h`. */
export function timeText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const [large, small, unit] =
    whole < 3600
      ? [Math.floor(whole / 60), whole % 60, 'min']
      : [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), 'h'];
  return `${String(large)}:${String(small).padStart(2, '0')} ${unit}`;
}
