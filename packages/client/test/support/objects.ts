import type { ObjectSink, ObjectToSend } from '../../src/index.ts';

/** An object that is sent from memory, in pieces of three bytes. */
export function fromText(name: string, text: string, metadata?: Record<string, string>): ObjectToSend {
  const bytes = Buffer.from(text);
  return {
    name,
    size: bytes.length,
    metadata,
    async *open(offset, length) {
      for (let at = offset; at < offset + length; at += 3) yield bytes.subarray(at, Math.min(at + 3, offset + length));
    },
  };
}

export interface MemorySinks {
  readonly open: (name: string, size: number) => ObjectSink;
  /** Text of the objects that were closed. */
  readonly closed: Map<string, string>;
  readonly abandoned: string[];
  readonly metadata: Map<string, unknown>;
}

export function memorySinks(): MemorySinks {
  const closed = new Map<string, string>();
  const metadata = new Map<string, unknown>();
  const abandoned: string[] = [];
  return {
    closed,
    abandoned,
    metadata,
    open(name, size) {
      const bytes = Buffer.alloc(size, '.');
      return {
        async write(offset, parts) {
          let at = offset;
          for await (const part of parts) {
            bytes.set(part, at);
            at += part.length;
          }
        },
        async close(meta) {
          closed.set(name, bytes.toString());
          metadata.set(name, meta);
        },
        async abandon() {
          abandoned.push(name);
        },
      };
    },
  };
}
