/** Conditions on an object as it is, as a request says them in its headers. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

export interface ConditionedObject {
  /** Without quotes; null while it is being written. */
  readonly eTag: string | null;
  readonly lastModified: Date | null;
}

/**
 * Whether a request goes on: `failed` is 412, `unchanged` 304. A condition on the ETag decides alone where there is one
 * on the date as well; dates that cannot be read, and dates on an object without one, are no conditions.
 * Source: RFC 9110, section 13.2.2.
 */
export function checkConditions(conditions: Conditions, object: ConditionedObject): 'met' | 'failed' | 'unchanged' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!isListed(ifMatch, object.eTag)) return 'failed';
  } else if (isAfter(object.lastModified, ifUnmodifiedSince) === true) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) return isListed(ifNoneMatch, object.eTag) ? 'unchanged' : 'met';
  return isAfter(object.lastModified, ifModifiedSince) === false ? 'unchanged' : 'met';
}

/** Some clients leave the quotes out; a weak ETag counts as the ETag. */
function isListed(list: string, eTag: string | null): boolean {
  if (list.trim() === '*') return true;
  return list.split(',').some(
    (entry) =>
      entry
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1') === eTag,
  );
}

/** Header dates have seconds; what is left of one does not make an object younger. */
function isAfter(date: Date | null, header: string | undefined): boolean | undefined {
  const limit = header === undefined ? Number.NaN : Date.parse(header);
  if (date === null || Number.isNaN(limit)) return undefined;
  return Math.floor(date.getTime() / 1000) > Math.floor(limit / 1000);
}
