import { encodePercent } from '@nacre/model';

export type Metadata = Readonly<Record<string, string>>;

/** User metadata as DS3 clients send it: names and values percent-encoded as UTF-8. */
export function encodeMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [encodePercent(name), encodePercent(value)]),
  );
}

/** The opposite; what is not percent-encoded UTF-8, as some clients send it, stays as it is. */
export function decodeMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [decoded(name), decoded(value)]));
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
