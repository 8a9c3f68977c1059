import type { IncomingMessage } from 'node:http';
import { Ds3Error } from '@nacre/model';

/**
 * What Node's parser lets pass and two readers of the same bytes may understand differently. Everything else of the
 * kind (both lengths, bare line feeds, folded headers, …) it refuses by itself: docs/security.md has the table.
 * Errors: `BadRequest`.
 */
export function checkFraming({ httpVersion, rawHeaders, headers }: IncomingMessage): void {
  // Node takes `HTTP/2.0` on a line of version 1, and answers it in version 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw bad(`HTTP/${httpVersion} is not served here.`);
  const hosts = countHosts(rawHeaders);
  if (hosts > 1) throw bad('The request has more than one Host header.');
  if (hosts < 1 && httpVersion === '1.1') throw bad('The request has no Host header.');
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  if (httpVersion === '1.0') throw bad('A request of HTTP/1.0 has no Transfer-Encoding.');
  // Node would take the chunks off and leave the rest coded.
  if (coding.toLowerCase() !== 'chunked') throw bad(`The Transfer-Encoding '${coding}' is not served; chunked is.`);
}

/** Node takes the first of several, another reader may take the last. */
function countHosts(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
}

function bad(message: string): Ds3Error {
  return new Ds3Error('BadRequest', { message });
}
