import type { RouteId, Routes, Sent } from '@holdfast/api';
import type { GivenTo, GotFrom } from '@holdfast/api/client';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { service } from './service.ts';

export type Got<Id extends RouteId> = GotFrom<Id>;

interface Watching {
  readonly enabled?: boolean;
  /** Milliseconds. */
  readonly every?: number | false;
}

/** What a route answers, asked for again when something here changed it. */
export function useRoute<Id extends RouteId>(
  id: Id,
  given: GivenTo<Id>,
  { enabled = true, every = false }: Watching = {},
): UseQueryResult<Got<Id>> {
  return useQuery<Got<Id>>({
    queryKey: [id, given],
    queryFn: async ({ signal }) => await service.call(id, { ...given, signal }),
    enabled,
    refetchInterval: every,
  });
}

/** Routes that answer a page of rows, and the key of the next. */
export type PagedId = 'listBackups' | 'listCopies' | 'listDrills' | 'listAudit' | 'listJobs';

export type RowOf<Id extends PagedId> =
  Got<Id> extends { readonly rows: (infer Row)[] } ? Row : never;

export interface PageOf<Id extends PagedId> {
  readonly rows: readonly RowOf<Id>[];
  readonly next: string | null;
}

export type PagesOf<Id extends PagedId> = UseInfiniteQueryResult<InfiniteData<PageOf<Id>>>;

/** Rows: few for who looks, and many for who scrolls on. */
const FIRST = 100;
const MORE = 1000;
/** So many pages are soon asked for again. */
const FEW = 3;

/** The pages of a list, each asked for when it is scrolled to. */
export function usePages<Id extends PagedId>(
  id: Id,
  query: Omit<NonNullable<Sent<Routes[Id]>['query']>, 'limit' | 'after'>,
): PagesOf<Id> {
  return useInfiniteQuery({
    queryKey: [id, 'pages', query],
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === null ? {} : { after: pageParam };
      const limit = pageParam === null ? FIRST : MORE;
      const given = { query: { ...query, limit, ...after }, signal };
      return (await service.call(id, given as never)) as unknown as PageOf<Id>;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    // All that was scrolled through would be asked for again, page by page.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= FEW,
  });
}

/** Does what a route does, and has everything that is shown asked for again. */
export function useAct<Id extends RouteId>(id: Id): UseMutationResult<Got<Id>, Error, GivenTo<Id>> {
  const queries = useQueryClient();
  return useMutation<Got<Id>, Error, GivenTo<Id>>({
    mutationFn: async (given) => await service.call(id, given),
    onSettled: async () => await queries.invalidateQueries(),
  });
}
