import { instant, text } from '../wire/scalar.ts';
import { elem, type Infer, record } from '../wire/shape.ts';

/** An object that was made as a copy. */
export const CopyObjectResult = record('CopyObjectResult', { eTag: elem(text), lastModified: elem(instant) });
export type CopyObjectResult = Infer<typeof CopyObjectResult>;

/** A part of a multipart upload that was made as a copy. */
export const CopyPartResult = record('CopyPartResult', { eTag: elem(text), lastModified: elem(instant) });
export type CopyPartResult = Infer<typeof CopyPartResult>;
