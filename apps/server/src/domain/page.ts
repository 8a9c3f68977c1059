import { Ds3Error, type Page } from '@nacre/model';
import type { PageRequest, RowPage } from '@nacre/store';

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

/** All rows, for answers that are not cut into pages. */
export const wholeList: PageRequest = { length: 2 ** 31 - 1, start: 0 };

/**
 * Cuts a page out of a whole list and describes its entries.
 * Errors: `InvalidArgument` for both offset and marker, or a number out of range; `NotFound` for an unknown marker.
 */
export function pageOf<R extends { readonly id: string }, T>(
  all: readonly R[],
  paging: Paging,
  describe: (row: R) => T,
): Page<T> {
  const { length, start: wanted } = pageRequest(paging);
  const start =
    wanted === 'last'
      ? Math.max(0, Math.ceil(all.length / length) - 1) * length
      : typeof wanted === 'number'
        ? wanted
        : after(all, wanted.after);
  const rows = all.slice(start, start + length);
  return { items: rows.map(describe), total: all.length, remaining: Math.max(0, all.length - start - rows.length) };
}

/** Which rows to ask the database for. Errors: `InvalidArgument` as `pageOf`. */
export function pageRequest({ pageLength = longestPage, pageOffset, pageStartMarker, lastPage }: Paging): PageRequest {
  if (pageOffset !== undefined && pageStartMarker !== undefined) {
    throw new Ds3Error('InvalidArgument', { message: 'page_offset and page_start_marker exclude each other.' });
  }
  needWithin('page_length', pageLength, 1);
  needWithin('page_offset', pageOffset ?? 0, 0);
  const length = Math.min(pageLength, longestPage);
  if (lastPage) return { length, start: 'last' };
  return { length, start: pageStartMarker === undefined ? (pageOffset ?? 0) : { after: pageStartMarker } };
}

/** A page of rows as it is answered. */
export function describePage<R, T>({ rows, total, remaining }: RowPage<R>, describe: (row: R) => T): Page<T> {
  return { items: rows.map((row) => describe(row)), total, remaining };
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
