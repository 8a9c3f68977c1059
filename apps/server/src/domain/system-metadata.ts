import { Ds3Error } from '@nacre/model';

/** What S3 keeps with an object beside the user's metadata, as headers say it. */
export interface ContentHeaders {
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly contentType?: string | undefined;
  readonly expires?: string | undefined;
}

const keys = [
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'contentType',
  'expires',
] as const satisfies readonly (keyof ContentHeaders)[];

/**
 * The headers of a request that are kept with an object; `undefined` when there are none. `aws-chunked` was the
 * encoding of the request and not of the object.
 */
export function contentHeadersOf(sent: ContentHeaders): ContentHeaders | undefined {
  const encodings = sent.contentEncoding?.split(',').map((coding) => coding.trim());
  const own = encodings?.filter((coding) => coding.toLowerCase() !== 'aws-chunked').join(', ');
  const kept = given({ ...sent, contentEncoding: own === '' ? undefined : own });
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** What a request wants the answer to say instead. */
export interface ResponseHeaders {
  readonly responseCacheControl?: string | undefined;
  readonly responseContentDisposition?: string | undefined;
  readonly responseContentEncoding?: string | undefined;
  readonly responseContentLanguage?: string | undefined;
  readonly responseContentType?: string | undefined;
  readonly responseExpires?: string | undefined;
}

/**
 * The headers of an answer: those kept, except where the request wants others.
 * Errors: `InvalidArgument` for a text that cannot be a header.
 */
export function answeredHeaders(kept: ContentHeaders | undefined, wanted: ResponseHeaders): ContentHeaders {
  const own = given({
    cacheControl: wanted.responseCacheControl,
    contentDisposition: wanted.responseContentDisposition,
    contentEncoding: wanted.responseContentEncoding,
    contentLanguage: wanted.responseContentLanguage,
    contentType: wanted.responseContentType,
    expires: wanted.responseExpires,
  });
  for (const [key, text] of Object.entries(own)) {
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) continue;
    throw new Ds3Error('InvalidArgument', { resource: key, message: `The ${key} that is wanted cannot be a header.` });
  }
  return { ...given(kept ?? {}), ...own };
}

function given(from: ContentHeaders): ContentHeaders {
  return Object.fromEntries(keys.flatMap((key) => (from[key] ? [[key, from[key]]] : [])));
}
