import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

type Asked = Readonly<Record<string, string>>;

/** What the address asks for after its `?`, and how to ask for something else; an empty value takes one away. */
export function useAsked(): readonly [Asked, (change: Asked) => void] {
  const search = useSearch();
  const [path, go] = useLocation();
  const asked = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search]);
  const ask = useCallback(
    (change: Asked) => {
      const next = Object.entries({ ...asked, ...change }).filter(([, value]) => value !== '');
      const text = new URLSearchParams(next).toString();
      go(text === '' ? path : `${path}?${text}`, { replace: true });
    },
    [asked, path, go],
  );
  return [asked, ask];
}
