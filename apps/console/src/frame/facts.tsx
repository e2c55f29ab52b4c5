import { Fragment, type ReactNode } from 'react';

interface FactsProps {
  /** Those whose value is `null` are left out. */
  readonly of: readonly (readonly [name: string, value: ReactNode])[];
}

/** Names and values, side by side. */
export function Facts({ of }: FactsProps): ReactNode {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
