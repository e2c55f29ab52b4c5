/**
 * What the host and the agent in the guest say to each other through a virtio-serial port, one JSON a line.
 * Types only: the agent is copied into the image alone.
 */
export type Request =
  /** The agent says `ready`; asked after a restore, when nobody heard it the first time. */
  | { readonly hello: true }
  /** Run by /bin/sh, in a process group of its own. */
  | { readonly id: number; readonly command: string }
  /** For its standard input, in base64; `null` ends it. */
  | { readonly id: number; readonly input: string | null }
  /** Kill the whole group. */
  | { readonly id: number; readonly kill: true };

export type Reply =
  | { readonly ready: true }
  /** Output in base64, as it comes. */
  | { readonly id: number; readonly out: string }
  | { readonly id: number; readonly err: string }
  | { readonly id: number; readonly code: number | null; readonly signal: string | null };
