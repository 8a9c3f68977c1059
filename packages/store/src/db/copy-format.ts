/** A UUID is a string; JSON is the string that JSON.stringify makes. */
export type CopyValue = string | number | bigint | boolean | Date | null;

export type CopyRow = readonly CopyValue[];

/**
 * Writes rows in PostgreSQL's binary COPY format, in which they cost the server a quarter less than as text.
 *
 * Take what is written whenever `add` says that there is enough of it, and what `end` answers when there are no more.
 * Errors: a plain Error for a row of another width, and for a value that its column cannot hold.
 */
export class CopyWriter {
  readonly #fields: readonly WriteField[];
  readonly #out = new GrowingBuffer();

  /** `types` are the SQL types of the columns. */
  constructor(types: readonly string[]) {
    this.#fields = types.map(fieldOf);
    this.#out.bytes.set(signature);
    this.#out.length = signature.length;
  }

  /** Answers whether it is time to take what is written. */
  add(row: CopyRow): boolean {
    const fields = this.#fields;
    if (row.length !== fields.length) {
      throw new Error(`A row of ${row.length} values was given for ${fields.length} columns.`);
    }
    const out = this.#out;
    out.int16(fields.length);
    for (let at = 0; at < fields.length; at++) {
      const value = row[at] ?? null;
      if (value === null) out.int32(-1);
      else (fields[at] as WriteField)(out, value);
    }
    return out.length >= pieceLength;
  }

  /** What was written since the last time. */
  take(): Buffer {
    return this.#out.take();
  }

  /** The rest. */
  end(): Buffer {
    this.#out.int16(-1);
    return this.#out.take();
  }
}

/** Bytes sent at once. */
const pieceLength = 65_536;

/** Eleven bytes by which PostgreSQL knows the format, no flags, no extension. */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** Writes the length of a value, and it. */
type WriteField = (out: GrowingBuffer, value: Exclude<CopyValue, null>) => void;

const fields: Readonly<Record<string, WriteField>> = {
  text: (out, value) => out.text(String(value)),
  uuid: (out, value) => {
    out.int32(16);
    out.uuid(String(value));
  },
  bigint: (out, value) => {
    out.int32(8);
    out.int64(value as number | bigint);
  },
  integer: (out, value) => {
    out.int32(4);
    out.int32(value as number);
  },
  smallint: (out, value) => {
    out.int32(2);
    out.int16(value as number);
  },
  boolean: (out, value) => {
    out.int32(1);
    out.byte(value ? 1 : 0);
  },
  'double precision': (out, value) => {
    out.int32(8);
    out.float64(value as number);
  },
  'timestamp with time zone': (out, value) => {
    out.int32(8);
    out.int64(BigInt((value as Date).getTime() - epoch) * 1000n);
  },
  // A byte for the version of the format, then text.
  jsonb: (out, value) => out.text(String(value), 1),
};

/** PostgreSQL counts microseconds from 2000 on. */
const epoch = Date.UTC(2000, 0, 1);

function fieldOf(type: string): WriteField {
  // `timestamp (3) with time zone`, `text COLLATE "C"`
  const field = fields[type.replace(/ ?\(\d+\)| COLLATE .*/g, '')];
  if (field) return field;
  throw new Error(`Values of the type ${type} are not copied.`);
}

class GrowingBuffer {
  bytes = Buffer.allocUnsafe(pieceLength * 2);
  length = 0;

  /** Its own memory: what follows does not touch it. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(pieceLength * 2);
    this.length = 0;
    return taken;
  }

  byte(value: number): void {
    this.#room(1);
    this.bytes[this.length++] = value;
  }

  int16(value: number): void {
    this.#room(2);
    this.length = this.bytes.writeInt16BE(value, this.length);
  }

  int32(value: number): void {
    this.#room(4);
    this.length = this.bytes.writeInt32BE(value, this.length);
  }

  int64(value: number | bigint): void {
    this.#room(8);
    if (typeof value === 'bigint') {
      this.length = this.bytes.writeBigInt64BE(value, this.length);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is no whole number that can be kept.`);
    const high = Math.floor(value / 0x1_0000_0000);
    this.length = this.bytes.writeInt32BE(high, this.length);
    this.length = this.bytes.writeUInt32BE(value - high * 0x1_0000_0000, this.length);
  }

  float64(value: number): void {
    this.#room(8);
    this.length = this.bytes.writeDoubleBE(value, this.length);
  }

  /** With its length before it; `version` is a byte before the text. */
  text(value: string, version?: number): void {
    const extra = version === undefined ? 0 : 1;
    // No character takes more than three bytes for each of its UTF-16 units.
    this.#room(4 + extra + value.length * 3);
    const start = this.length + 4;
    if (version !== undefined) this.bytes[start] = version;
    const written = extra + this.bytes.write(value, start + extra, 'utf8');
    this.bytes.writeInt32BE(written, this.length);
    this.length = start + written;
  }

  uuid(value: string): void {
    this.#room(16);
    const { bytes } = this;
    let wrong = value.length === 36 ? 0 : noDigit;
    for (let at = 0; at < pairPlaces.length; at++) {
      const place = pairPlaces[at] as number;
      const high = hexDigits[value.charCodeAt(place)] ?? noDigit;
      const low = hexDigits[value.charCodeAt(place + 1)] ?? noDigit;
      wrong |= high | low;
      bytes[this.length + at] = (high << 4) | low;
    }
    if (wrong > 0xf) throw new Error(`'${value}' is no UUID.`);
    this.length += 16;
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** Where the pairs of digits of a UUID are; dashes are between them. */
const pairPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const noDigit = 255;
const hexDigits = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[0-9a-fA-F]/.test(character) ? Number.parseInt(character, 16) : noDigit;
});
