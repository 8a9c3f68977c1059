import { Ds3Error, type Page } from '@nacre/model';
import type { RequestContext } from '../context.ts';
import { type Paging, pageOf } from '../domain/page.ts';

/** The list of things that this system never has. */
export async function noEntries(_ctx: RequestContext, paging: Paging): Promise<Page<never>> {
  return pageOf<never, never>([], paging, (entry) => entry);
}

/** Answers for one of the things that this system never has: `what` names them, as in "There is no tape 'x'." */
export function notThere(what: string) {
  return async (_ctx: RequestContext, { id }: { readonly id: string }): Promise<never> => {
    throw new Ds3Error('NotFound', { resource: id, message: `There is no ${what} '${id}'.` });
  };
}
