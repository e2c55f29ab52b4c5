/** File systems as macOS (`diskutil`, "File System Personality") and Windows name them, in small letters. */
const NAMES: Readonly<Record<string, string>> = {
  fat: 'vfat',
  fat12: 'vfat',
  fat16: 'vfat',
  fat32: 'vfat',
  'ms-dos': 'vfat',
  'ms-dos fat12': 'vfat',
  'ms-dos fat16': 'vfat',
  'ms-dos fat32': 'vfat',
  exfat: 'exfat',
  ntfs: 'ntfs',
  iso: 'iso9660',
  cdfs: 'iso9660',
  udf: 'udf',
};

/** The name that Linux has for it, or else its own; `null` for none. */
export function fileSystemName(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (name === '' || name === 'none' || name === 'raw') return null;
  // "Journaled HFS+", "Case-sensitive APFS" and so on.
  if (/\bhfs\+/.test(name)) return 'hfsplus';
  if (/\bapfs\b/.test(name)) return 'apfs';
  return NAMES[name] ?? name;
}
