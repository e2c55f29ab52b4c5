import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSpoken } from '../words/use-words.ts';
import { agoText } from './amounts.ts';
import { useNow } from './use-now.ts';

interface WhenProps {
  /** ISO 8601; `null`: never, or not known. */
  readonly at: string | null;
  /** The moment itself rather than how long ago it was. */
  readonly exact?: boolean;
  readonly never?: string;
}

/** A time in the viewer’s own zone. */
export function When({ at, exact = false, never }: WhenProps): ReactNode {
  const { locale, words } = useSpoken();
  const now = useNow();
  if (at === null) {
    return (
      <Text span inherit c="dimmed">
        {never ?? words.common.never}
      </Text>
    );
  }
  const time = Date.parse(at);
  const moment = momentText(time, locale);
  return (
    <time dateTime={at} title={moment}>
      {exact ? moment : agoText(time, now, locale)}
    </time>
  );
}

/** Date and time with the zone in which the viewer is. */
export function momentText(time: number, locale: string): string {
  const format = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  return new Intl.DateTimeFormat(locale, format).format(time);
}
