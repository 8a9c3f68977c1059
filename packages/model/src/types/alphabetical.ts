import type { Fields } from '../wire/shape.ts';

/**
 * The same fields in the order of their names, as the vendor's systems write every document. For records that add
 * fields to those of a family.
 */
export function alphabetical<const F extends Fields>(fields: F): F {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) as F;
}
