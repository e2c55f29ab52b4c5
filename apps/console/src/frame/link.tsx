import { Anchor, Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface Leading {
  readonly href: string;
  readonly children: ReactNode;
}

/** A link to another page of the console. */
export function PageLink({ href, children }: Leading): ReactNode {
  return (
    <Anchor component={Link} href={href} underline="hover">
      {children}
    </Anchor>
  );
}

/** The same, that looks like a button. */
export function PageButton({ href, children, ...look }: Leading & ButtonProps): ReactNode {
  return (
    <Button component={Link} href={href} {...look}>
      {children}
    </Button>
  );
}
