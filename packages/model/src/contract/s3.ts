import { long, text, uuid } from '../wire/scalar.ts';
import { bare, byteAnswer, byteBody, clearable, header, headersStarting, may, needBare, s3 } from './define.ts';

const checksums = {
  contentMd5: header('Content-MD5', text),
  contentCrc32: header('Content-CRC32', text),
};

export const s3Operations = {
  putObject: s3('PUT', 'object', {
    query: { job: may(uuid), offset: may(long) },
    headers: { ...checksums, metadata: headersStarting('x-amz-meta-', text) },
    body: byteBody,
    answerHeaders: { ...checksums, eTag: header('ETag', text) },
  }),
  getObject: s3('GET', 'object', {
    query: { job: may(uuid), offset: may(long), versionId: may(uuid), cachedOnly: bare },
    answer: byteAnswer,
    answerHeaders: { ...checksums, eTag: header('ETag', text), metadata: headersStarting('x-amz-meta-', text) },
  }),
};
