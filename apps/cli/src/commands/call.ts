import { stat } from 'node:fs/promises';
import type { UploadBody } from '@nacre/client';
import {
  contract,
  decode,
  type Operation,
  type Page,
  paramWireName,
  type Scalar,
  type Shape,
  WireError,
} from '@nacre/model';
import type { Context } from '../context.ts';
import { UsageError } from '../exit-codes.ts';
import { readPart } from '../files/read.ts';
import { writeJson } from '../output/json.ts';
import { details, table } from '../output/table.ts';
import type { AddCommands } from '../run.ts';

type Plane = 's3' | 'ds3';

interface Row {
  readonly plane: Plane;
  readonly name: string;
  readonly operation: Operation;
}

interface Flags {
  readonly list?: boolean;
  readonly param: readonly string[];
  readonly body?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly id?: string;
}

export const addCallCommand: AddCommands = (program, act) => {
  program
    .command('call')
    .description('call any operation of the API')
    .argument('[operation]', 'its name: getJob, or ds3.getBucket where s3 has one as well')
    .option('--list', 'show all operations, or those whose names hold the word given')
    .option('--id <id>', 'the id in the path')
    .option('--bucket <bucket>', 'the bucket in the path')
    .option('--key <key>', 'the object in the path')
    .option('--param <name=value>', 'a parameter or header field; flags without a value', collect, [])
    .option('--body <file>', 'what is sent; - is standard input')
    .addHelpText(
      'after',
      `
Names of parameters may be written as in the contract (pageLength) or on the wire (page_length).
User metadata: --param metadata.NAME=VALUE.  Data come to standard output as they are.`,
    )
    .action((name: string | undefined, flags: Flags) =>
      act((context) =>
        flags.list || name === undefined ? listRows(context, name) : call(context, findRow(name), flags),
      ),
    );
};

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function allRows(): Row[] {
  const planes = Object.entries(contract) as [Plane, Readonly<Record<string, Operation>>][];
  return planes.flatMap(([plane, operations]) =>
    Object.entries(operations).map(([name, operation]) => ({ plane, name, operation })),
  );
}

function findRow(written: string): Row {
  const wanted = written.toLowerCase();
  const rows = allRows();
  const exact = rows.filter(({ plane, name }) =>
    [name, `${plane}.${name}`].some((each) => each.toLowerCase() === wanted),
  );
  const [row, other] = exact;
  if (row && !other) return row;
  if (row)
    throw new UsageError(
      `'${written}' is ambiguous: ${exact.map((each) => `${each.plane}.${each.name}`).join(' or ')}`,
    );
  const near = rows
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map(({ plane, name }) => `${plane}.${name}`);
  const hint = near.length > 0 ? `; did you mean ${near.slice(0, 3).join(', ')}?` : '; see nacre call --list';
  throw new UsageError(`there is no operation '${written}'${hint}`);
}

async function listRows(context: Context, word = ''): Promise<void> {
  context.refuseXml();
  const rows = allRows()
    .filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()))
    .map(({ plane, name, operation }) => ({
      name: `${plane}.${name}`,
      request: requestLine(operation),
      parameters: Object.entries(operation.query)
        .filter(([, param]) => param.kind !== 'needBare')
        .map(([key, param]) => (param.kind === 'need' ? `${key}*` : key)),
    }));
  await context.show({
    value: rows,
    table: () =>
      table(rows, [
        { title: 'OPERATION', value: ({ name }) => name },
        { title: 'REQUEST', value: ({ request }) => request },
        { title: 'PARAMETERS (* required)', value: ({ parameters }) => parameters.join(' ') },
      ]),
  });
}

function requestLine({ verb, path, operation, query }: Operation): string {
  const place =
    path.plane === 'ds3'
      ? `/_rest_/${path.resource}${path.id ? '/{id}' : ''}`
      : `/${path.bucket ? '{bucket}' : ''}${path.key ? '/{key}' : ''}`;
  const flags = Object.entries(query).filter(([, param]) => param.kind === 'needBare');
  const fixed = [operation && `operation=${operation}`, ...flags.map(([key, param]) => paramWireName(key, param))];
  const written = fixed.filter(Boolean).join('&');
  return `${verb} ${place}${written ? `?${written}` : ''}`;
}

// ── The call ────────────────────────────────────────────────────────────────────────────────────────────────────────

async function call(context: Context, { plane, name, operation }: Row, flags: Flags): Promise<void> {
  const input = {
    ...pathInput(operation, flags),
    ...fieldInput(operation, flags.param),
    ...(await bodyInput(context, operation, flags.body)),
  };
  const client = await context.client();
  const methods = client[plane] as unknown as Record<string, (input: object, options: object) => Promise<unknown>>;
  const method = methods[name];
  if (!method) throw new Error(`the client has no ${name}`);
  const { value, document } = await context.ask((options) => method(input, options));
  await showAnswer(context, operation, value, document);
}

async function showAnswer(context: Context, { answer }: Operation, value: unknown, document: string): Promise<void> {
  const { stdout } = context.io;
  if (answer.kind === 'bytes') {
    const { body } = value as { body: { bytes: AsyncIterable<Uint8Array> } };
    for await (const part of body.bytes) await stdout.write(part);
  } else if (value === undefined) {
    if (context.output === 'json') await writeJson(stdout, null);
  } else if (answer.kind === 'text' && context.output !== 'json') {
    await stdout.write(`${document}\n`);
  } else {
    await context.show({ value, table: () => tableOf(answer.kind, value), xml: document });
  }
}

function tableOf(kind: Operation['answer']['kind'], value: unknown): string {
  if (kind !== 'items') return details(value);
  const { items, total, remaining } = value as Page<unknown>;
  const more = remaining > 0 ? `${items.length} of ${total}, ${remaining} more\n` : '';
  return `${items.map(details).join('\n')}${more}`;
}

function pathInput({ path }: Operation, { id, bucket, key }: Flags): object {
  const needed = path.plane === 'ds3' ? { id: path.id } : { bucket: path.bucket, key: path.key };
  const given: Readonly<Record<string, string | undefined>> = { id, bucket, key };
  for (const [name, value] of Object.entries(given)) {
    const isNeeded = Object.entries(needed).some(([each, yes]) => each === name && yes);
    if (isNeeded && value === undefined) throw new UsageError(`the operation needs --${name}`);
    if (!isNeeded && value !== undefined) throw new UsageError(`the operation takes no --${name}`);
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function fieldInput(operation: Operation, written: readonly string[]): object {
  const values: Record<string, unknown> = {};
  for (const each of written) {
    const equals = each.indexOf('=');
    const name = equals < 0 ? each : each.slice(0, equals);
    const value = equals < 0 ? undefined : each.slice(equals + 1);
    setField(values, operation, name, value);
  }
  for (const [key, { kind }] of Object.entries(operation.query)) {
    if (kind === 'need' && values[key] === undefined) throw new UsageError(`the operation needs --param ${key}=…`);
  }
  return values;
}

function setField(
  values: Record<string, unknown>,
  operation: Operation,
  name: string,
  value: string | undefined,
): void {
  const plain = (text: string) => text.toLowerCase().replace(/[-_]/g, '');
  for (const [key, param] of Object.entries(operation.query)) {
    if (plain(key) !== plain(name) && plain(paramWireName(key, param)) !== plain(name)) continue;
    if (param.of === undefined) values[key] = value?.toLowerCase() !== 'false';
    else if (param.kind === 'clearable' && (value ?? '') === '') values[key] = null;
    else values[key] = parsed(name, value ?? '', param.of);
    return;
  }
  const [prefix = '', ...rest] = name.split('.');
  for (const [key, field] of Object.entries(operation.headers)) {
    if (field.kind === 'one' && (plain(key) === plain(name) || plain(field.name) === plain(name))) {
      values[key] = parsed(name, value ?? '', field.of);
      return;
    }
    if (field.kind === 'starting' && plain(key) === plain(prefix) && rest.length > 0) {
      values[key] = { ...(values[key] as object | undefined), [rest.join('.')]: value ?? '' };
      return;
    }
  }
  const known = [...Object.keys(operation.query), ...Object.keys(operation.headers)];
  throw new UsageError(
    `the operation knows no '${name}'; it knows ${known.length > 0 ? known.join(', ') : 'no parameters'}`,
  );
}

function parsed(name: string, value: string, of: Scalar<unknown>): unknown {
  const result = of.parse(value);
  if (result === undefined) throw new UsageError(`${name}: '${value}' is not ${of.name}`);
  return result;
}

// ── Body ────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function bodyInput({ io }: Context, { body }: Operation, path: string | undefined): Promise<object> {
  if (body.kind === 'none') {
    if (path !== undefined) throw new UsageError('the operation takes no --body');
    return {};
  }
  if (path === undefined) {
    if (body.kind === 'xml' && !body.required) return {};
    throw new UsageError('the operation needs --body');
  }
  if (body.kind === 'bytes' && path !== '-') return { body: await fileBody(path) };
  const bytes = await collectBytes(path === '-' ? io.stdin : await fileBytes(path));
  if (body.kind === 'bytes') return { body: bytes };
  return { body: body.kind === 'text' ? bytes.toString('utf8') : readXml(body.of as Shape, bytes) };
}

function readXml(of: Shape, bytes: Uint8Array): unknown {
  try {
    return decode(of, bytes, { lenient: true });
  } catch (error) {
    if (error instanceof WireError) throw new UsageError(`--body: ${error.message}`);
    throw error;
  }
}

async function fileBody(path: string): Promise<UploadBody> {
  const { size } = await statFile(path);
  return () => ({ length: size, bytes: readPart(path, 0, size) });
}

async function fileBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { size } = await statFile(path);
  return readPart(path, 0, size);
}

async function statFile(path: string): Promise<{ size: number }> {
  const what = await stat(path).catch((error: Error) => {
    throw new UsageError(`--body: ${error.message}`);
  });
  if (!what.isFile()) throw new UsageError(`--body: '${path}' is not a file`);
  return what;
}

/** What is not read from a file of its own has to fit into memory. */
const maxInMemory = 1024 * 1024 * 1024;

async function collectBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > maxInMemory) throw new UsageError('--body: more than 1 GiB; give a file');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
