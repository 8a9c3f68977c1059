import {
  BucketChangesNotificationPayload,
  encode,
  JobCompletedNotificationPayload,
  JobCreatedNotificationPayload,
  S3ObjectsCachedNotificationPayload,
  S3ObjectsPersistedNotificationPayload,
} from '@nacre/model';
import type { NotifiedEvent } from '@nacre/store';
import { type NamingConvention, spell } from '../domain/naming.ts';

export interface Payload {
  readonly contentType: string;
  readonly body: string;
}

/**
 * An event as its listener wants it. XML is the document `<Data>` of the vendor's payload type; JSON is an object with
 * the same names, lists as arrays and attributes as members. No source shows an envelope: this is the one place that
 * would know of it (docs/compatibility.md).
 */
export function payloadOf(
  event: NotifiedEvent,
  madeAt: Date,
  {
    format,
    namingConvention,
  }: { readonly format: 'DEFAULT' | 'JSON' | 'XML'; readonly namingConvention: NamingConvention },
): Payload {
  const facts = { ...event, notificationGenerationDate: madeAt };
  if (format === 'JSON') {
    const { kind, ...told } = facts;
    return { contentType: 'application/json', body: JSON.stringify(respelled(told, namingConvention)) };
  }
  return { contentType: 'text/xml;charset=UTF-8', body: respelledXml(xmlOf(event, madeAt), namingConvention) };
}

function xmlOf(event: NotifiedEvent, notificationGenerationDate: Date): string {
  switch (event.kind) {
    case 'job_created':
      return encode(JobCreatedNotificationPayload, { jobId: event.jobId, notificationGenerationDate });
    case 'job_completed': {
      const { jobId, cancelOccurred, objectsNotPersisted } = event;
      const payload = {
        jobId,
        cancelOccurred,
        notificationGenerationDate,
        objectsNotPersisted: [...objectsNotPersisted],
      };
      return encode(JobCompletedNotificationPayload, payload);
    }
    case 'bucket_changes': {
      const { changes, lastProcessedEvent } = event;
      const payload = { changes: [...changes], lastProcessedEvent, notificationGenerationDate };
      return encode(BucketChangesNotificationPayload, payload);
    }
    case 'object_cached':
    case 'object_persisted': {
      const { jobId, objects } = event;
      const shape =
        event.kind === 'object_cached' ? S3ObjectsCachedNotificationPayload : S3ObjectsPersistedNotificationPayload;
      return encode(shape, { jobId, notificationGenerationDate, objects: [...objects] });
    }
  }
}

function respelled(value: unknown, convention: NamingConvention): unknown {
  if (Array.isArray(value)) return value.map((item) => respelled(item, convention));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [spell(name, convention), respelled(item, convention)]),
  );
}

/** Names of elements and attributes alone: in a document that we wrote, a tag ends at the first `>`. */
function respelledXml(document: string, convention: NamingConvention): string {
  if (convention === 'CAMEL_CASE_WITH_FIRST_LETTER_UPPERCASE') return document;
  const lower = (name: string) => spell(name.charAt(0).toLowerCase() + name.slice(1), convention);
  return document.replace(/<(\/?)([A-Za-z]+)((?: [A-Za-z]+="[^"]*")*)(\/?)>/g, (_tag, end, name, attributes, empty) => {
    const spelled = String(attributes).replace(/ ([A-Za-z]+)=/g, (_attribute, key) => ` ${lower(String(key))}=`);
    return `<${end}${lower(String(name))}${spelled}${empty}>`;
  });
}
