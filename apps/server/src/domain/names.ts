import { Ds3Error, isUuid } from '@nacre/model';

const longestKey = 1024;
const bucketPattern = /^[A-Za-z0-9._-]{1,63}$/;
/** Names that the two planes and this server keep for themselves. */
const reservedBuckets: ReadonlySet<string> = new Set(['_rest_', '_nacre', '.', '..']);
/** What XML 1.0 cannot carry, so that an object of this name could be written and never be listed. */
const notInXml =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Refuses an object name that is empty, longer than 1,024 bytes of UTF-8, or not to be said in XML. */
export function checkObjectName(name: string): void {
  if (name === '') throw new Ds3Error('InvalidArgument', { message: 'An object name is empty.' });
  if (Buffer.byteLength(name) > longestKey) {
    throw new Ds3Error('InvalidArgument', {
      resource: name.slice(0, 64),
      message: `An object name has more than ${longestKey} bytes; it begins '${name.slice(0, 64)}'.`,
    });
  }
  if (notInXml.test(name)) {
    throw new Ds3Error('InvalidArgument', {
      resource: printable(name),
      message: `The object name '${printable(name)}' holds a control character that XML cannot carry.`,
    });
  }
}

/**
 * Refuses parameters of a listing that its answer could not repeat, since XML cannot carry them; spelled in percent
 * codes it can. Errors: `InvalidArgument`.
 */
export function checkRepeatable(
  parameters: Readonly<Record<string, string | undefined>>,
  encodingType: string | undefined,
): void {
  if (encodingType?.toLowerCase() === 'url') return;
  for (const [name, text] of Object.entries(parameters)) {
    if (text === undefined || !notInXml.test(text)) continue;
    throw new Ds3Error('InvalidArgument', {
      resource: name,
      message: `${name} holds a control character that XML cannot carry; encoding-type=url lets it be listed.`,
    });
  }
}

/** Errors: `InvalidBucketName`. Capitals and underscores are allowed, as the vendor allows them. */
export function checkBucketName(name: string): void {
  if (!bucketPattern.test(name) || reservedBuckets.has(name)) {
    throw new Ds3Error('InvalidBucketName', {
      resource: printable(name).slice(0, 64),
      message: reservedBuckets.has(name) ? `The bucket name '${name}' is reserved.` : undefined,
    });
  }
}

const longestName = 255;

/**
 * Refuses a name of anything but objects and buckets that is blank, longer than 255 characters, not to be said in XML,
 * or a UUID, which would be taken for an id. `what` is the kind of thing. Errors: `InvalidArgument`.
 */
export function checkName(what: string, name: string): void {
  checkText(`The name of a ${what}`, name);
  if (name.trim() === '') throw new Ds3Error('InvalidArgument', { message: `The name of a ${what} is blank.` });
  if (isUuid(name)) {
    throw new Ds3Error('InvalidArgument', {
      resource: name,
      message: `The name of a ${what} must not be a UUID: it would be taken for an id.`,
    });
  }
}

/** Refuses a text longer than 255 characters, or not to be said in XML. `which` begins the message. Errors: `InvalidArgument`. */
export function checkText(which: string, text: string | null | undefined): void {
  if (typeof text !== 'string') return;
  if (text.length > longestName) {
    throw new Ds3Error('InvalidArgument', { message: `${which} has more than ${longestName} characters.` });
  }
  if (notInXml.test(text)) {
    throw new Ds3Error('InvalidArgument', { message: `${which} holds a control character that XML cannot carry.` });
  }
}

/** A key that ends in a slash is a folder: it has no data. */
export function isFolderName(name: string): boolean {
  return name.endsWith('/');
}

function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/g, '�');
}

/** User metadata as it is kept. Header names have no case; clients look for them in lower case. */
export function lowerCaseNames(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
