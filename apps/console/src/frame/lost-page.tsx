import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Empty } from './empty.tsx';
import { PageButton } from './link.tsx';
import { to } from './links.ts';
import { Page } from './page.tsx';

export function LostPage(): ReactNode {
  const { frame } = useWords();
  return (
    <Page title={frame.lost}>
      <Empty title={frame.lostWhat}>
        <PageButton href={to.system}>{frame.sides.system}</PageButton>
      </Empty>
    </Page>
  );
}
