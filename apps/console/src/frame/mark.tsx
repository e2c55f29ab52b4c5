import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

export type Light = 'good' | 'doubt' | 'bad' | 'none';

const GLYPHS: Readonly<Record<Light, string>> = { good: '✓', doubt: '!', bad: '✕', none: '–' };

interface MarkProps {
  readonly light: Light;
  readonly children: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
}

/** How something stands: by colour, by sign and by word, for nobody sees all three. */
export function Mark({ light, children, size = 'md' }: MarkProps): ReactNode {
  return (
    <Badge
      size={size}
      radius="sm"
      className={`mark mark-${light}`}
      leftSection={<span aria-hidden="true">{GLYPHS[light]}</span>}
    >
      {children}
    </Badge>
  );
}

export function lightOf(state: 'ok' | 'warning' | 'critical'): Light {
  return state === 'ok' ? 'good' : state === 'warning' ? 'doubt' : 'bad';
}

/** How the last look at something ended: `ok` or a code; `null`: nobody looked. */
export function OutcomeMark({ outcome }: { readonly outcome: string | null }): ReactNode {
  const { common } = useWords();
  if (outcome === null) return <Mark light="none">{common.notYet}</Mark>;
  if (outcome === 'ok') return <Mark light="good">{common.ok}</Mark>;
  return <Mark light="bad">{outcome}</Mark>;
}
