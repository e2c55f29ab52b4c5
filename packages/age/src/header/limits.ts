/** No line of a header is longer; the longest known, a hybrid stanza, has 1.6 KB. */
export const MAX_LINE = 64 * 1024;

/** No header is longer: room for a thousand hybrid recipients. */
export const MAX_HEADER = 2 * 1024 * 1024;
