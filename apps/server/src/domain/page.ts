import { Ds3Error, type Page } from '@nacre/model';

/** Which part of a list is asked for. */
export interface Paging {
  readonly pageLength?: number | undefined;
  /** How many entries to skip. */
  readonly pageOffset?: number | undefined;
  /** The id of the last entry of the page before. */
  readonly pageStartMarker?: string | undefined;
  /** The last page. */
  readonly lastPage?: boolean | undefined;
}

const longestPage = 1000;

/**
 * Cuts a page out of a whole list and describes its entries.
 * Errors: `InvalidArgument` for both offset and marker, or a number out of range; `NotFound` for an unknown marker.
 */
export function pageOf<R extends { readonly id: string }, T>(
  all: readonly R[],
  paging: Paging,
  describe: (row: R) => T,
): Page<T> {
  const { pageLength = longestPage, pageOffset, pageStartMarker, lastPage } = paging;
  if (pageOffset !== undefined && pageStartMarker !== undefined) {
    throw new Ds3Error('InvalidArgument', { message: 'page_offset and page_start_marker exclude each other.' });
  }
  needWithin('page_length', pageLength, 1);
  needWithin('page_offset', pageOffset ?? 0, 0);
  const length = Math.min(pageLength, longestPage);
  const start = lastPage
    ? Math.max(0, Math.ceil(all.length / length) - 1) * length
    : pageStartMarker === undefined
      ? (pageOffset ?? 0)
      : after(all, pageStartMarker);
  const rows = all.slice(start, start + length);
  return { items: rows.map(describe), total: all.length, remaining: Math.max(0, all.length - start - rows.length) };
}

function needWithin(name: string, value: number, least: number): void {
  if (value >= least) return;
  throw new Ds3Error('InvalidArgument', {
    resource: name,
    message: `${name} is ${value}; it must be at least ${least}.`,
  });
}

function after(all: readonly { readonly id: string }[], marker: string): number {
  const index = all.findIndex(({ id }) => id === marker);
  if (index >= 0) return index + 1;
  throw new Ds3Error('NotFound', { resource: marker, message: `The page_start_marker ${marker} is not in the list.` });
}
