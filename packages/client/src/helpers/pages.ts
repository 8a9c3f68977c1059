import type { contract, Input, ListBucketResult, ListedObject, Page } from '@nacre/model';
import type { CallOptions, Client } from '../create-client.ts';

type PagedInput = { readonly pageLength?: number | undefined; readonly pageOffset?: number | undefined };

/**
 * The pages of a list, one request each, until none remain: `pagesOf(client.ds3.getUsers, { pageLength: 100 })`.
 * Starts at `pageOffset`.
 */
export async function* pagesOf<I extends PagedInput, T>(
  list: (input: I, options?: CallOptions) => Promise<Page<T>>,
  input: I,
  options: CallOptions = {},
): AsyncGenerator<Page<T>> {
  for (let offset = input.pageOffset ?? 0; ; ) {
    const page = await list({ ...input, pageOffset: offset }, options);
    yield page;
    offset += page.items.length;
    if (page.remaining === 0 || page.items.length === 0) return;
  }
}

/** The entries of a list, over all its pages. */
export async function* itemsOf<I extends PagedInput, T>(
  list: (input: I, options?: CallOptions) => Promise<Page<T>>,
  input: I,
  options: CallOptions = {},
): AsyncGenerator<T> {
  for await (const page of pagesOf(list, input, options)) yield* page.items;
}

type Listing = Input<typeof contract.s3.getBucket>;

/**
 * The pages of a bucket's listing, from `marker` on. A system that does not say where the next page starts is asked
 * to go on after the last key.
 */
export async function* listedPages(
  client: Client,
  input: Listing,
  options: CallOptions = {},
): AsyncGenerator<ListBucketResult> {
  for (let marker = input.marker; ; ) {
    const page = await client.s3.getBucket({ ...input, marker }, options);
    yield page;
    if (!page.isTruncated) return;
    const last = page.contents.at(-1)?.key ?? page.versions.at(-1)?.key ?? page.commonPrefixes.at(-1);
    const next = page.nextMarker || last;
    if (!next || next === marker) return;
    marker = next;
  }
}

/** The objects of a bucket's listing, over all its pages. */
export async function* listedObjects(
  client: Client,
  input: Listing,
  options: CallOptions = {},
): AsyncGenerator<ListedObject> {
  for await (const page of listedPages(client, input, options)) {
    yield* page.contents;
    yield* page.versions;
  }
}
