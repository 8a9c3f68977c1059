import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** A contract file of the vendor, as far as it says what crosses the wire. Names are short: without their packages. */
export interface ContractFile {
  readonly name: string;
  /** Without those that the vendor classifies as internal. */
  readonly operations: readonly ContractOperation[];
  readonly types: ReadonlyMap<string, ContractType>;
  /** The types of notifications. */
  readonly payloads: readonly string[];
}

export interface ContractOperation {
  readonly plane: 's3' | 'ds3';
  /** The handler's name without `RequestHandler`. */
  readonly handler: string;
  readonly verb: string;
  readonly bucket: boolean;
  readonly key: boolean;
  /** Resource and operation in lower case. */
  readonly resource: string;
  readonly id: boolean;
  readonly operation: string | undefined;
  readonly parameters: readonly ContractParameter[];
  readonly successes: readonly ContractSuccess[];
}

export interface ContractParameter {
  /** As in the contract: `DataPolicyId`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface ContractSuccess {
  readonly status: number;
  /** The type of the entity or of the list's entries; `undefined` for no document. */
  readonly type: string | undefined;
  readonly list: boolean;
}

export interface ContractType {
  readonly name: string;
  /** The element's name, when the type has one of its own. */
  readonly element: string | undefined;
  /** For an enumeration, its values in their order. */
  readonly values: readonly string[];
  readonly fields: readonly ContractField[];
}

export interface ContractField {
  /**
   * How it looks on the wire: `@Name` an attribute, `Name` an element, `Name*` elements side by side, `Names/Name`
   * elements in one wrapper, `Names* /Name` (without the blank) elements each in a wrapper.
   */
  readonly form: string;
  readonly type: string;
  readonly list: boolean;
  /** What becomes of it when there is no value. */
  readonly whenNull: 'never null' | 'empty' | 'left out';
}

/** Errors: whatever reading the file throws; a plain `Error` when it is not a contract. */
export function readContractFile(path: string): ContractFile {
  return readContract(basename(path), readFileSync(path, 'utf8'));
}

export function readContract(name: string, xml: string): ContractFile {
  const contract = child(child(parser.parse(xml) as Node, 'Data'), 'Contract');
  if (contract === undefined) throw new Error(`${name} is not a contract: it has no <Data><Contract>`);
  const types = children(child(contract, 'Types'), 'Type').map(readType);
  return {
    name,
    operations: children(child(contract, 'RequestHandlers'), 'RequestHandler')
      .filter((handler) => handler.Classification !== 'spectrainternal')
      .map(readOperation),
    types: new Map(types.map((type) => [type.name, type])),
    payloads: texts(child(contract, 'NotificationPayloadTypes'), 'NotificationPayloadType').map(shortName),
  };
}

// Every element a node, every attribute a text; an element without either is the empty text.
type Node = { readonly [name: string]: unknown };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
});

function child(node: Node | undefined, name: string): Node | undefined {
  const found = node?.[name];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Node) : undefined;
}

function children(node: Node | undefined, name: string): Node[] {
  const found = node?.[name];
  const all = Array.isArray(found) ? found : [found];
  return all.filter((entry) => typeof entry === 'object' && entry !== null) as Node[];
}

function texts(node: Node | undefined, name: string): string[] {
  const found = node?.[name];
  const all = Array.isArray(found) ? found : [found];
  return all.filter((entry) => typeof entry === 'string' && entry !== '') as string[];
}

function text(node: Node, name: string): string {
  const found = node[name];
  if (typeof found !== 'string') throw new Error(`the contract has an element without '${name}'`);
  return found;
}

/** `com.example.domain.Handler$Bean` → `Bean`. */
function shortName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
}

function readOperation(handler: Node): ContractOperation {
  const request = child(handler, 'Request') ?? {};
  const operation = typeof request.Operation === 'string' ? request.Operation.toLowerCase() : undefined;
  return {
    plane: handler.Classification === 'amazons3' ? 's3' : 'ds3',
    handler: shortName(text(handler, 'Name')).replace(/RequestHandler$/, ''),
    verb: text(request, 'HttpVerb'),
    bucket: request.BucketRequirement === 'REQUIRED',
    key: request.ObjectRequirement === 'REQUIRED',
    resource: typeof request.Resource === 'string' ? request.Resource.toLowerCase() : '',
    id: request.IncludeIdInPath === 'true',
    operation,
    parameters: [
      ...readParameters(child(request, 'RequiredQueryParams'), true),
      ...readParameters(child(request, 'OptionalQueryParams'), false),
    ].filter(({ name }) => name !== 'Operation'),
    successes: children(child(handler, 'ResponseCodes'), 'ResponseCode')
      .map(readSuccess)
      .filter(({ status }) => status < 300),
  };
}

function readParameters(node: Node | undefined, required: boolean): ContractParameter[] {
  return children(node, 'Param').map((param) => ({
    name: text(param, 'Name'),
    type: shortName(text(param, 'Type')),
    required,
  }));
}

function readSuccess(code: Node): ContractSuccess {
  const [type = {}] = children(child(code, 'ResponseTypes'), 'ResponseType');
  const name = shortName(text(type, 'Type'));
  const list = name === 'array';
  const of = list ? shortName(text(type, 'ComponentType')) : name;
  return { status: Number(text(code, 'Code')), type: of === 'null' ? undefined : of, list };
}

function readType(node: Node): ContractType {
  const own = typeof node.NameToMarshal === 'string' ? node.NameToMarshal : undefined;
  const values = children(child(node, 'EnumConstants'), 'EnumConstant').map((constant) => text(constant, 'Name'));
  // The elements of an enumeration are properties of its values in the vendor's programs.
  const fields = values.length > 0 ? [] : children(child(node, 'Elements'), 'Element').flatMap(readField);
  const type = { name: shortName(text(node, 'Name')), values };
  if (own !== '') return { ...type, element: own, fields };
  // A type whose own name is empty is its list's wrapper: the document is <Jobs><Job/>…</Jobs>.
  const [wrapper = '', entry = ''] = fields[0]?.form.split('/') ?? [];
  return { ...type, element: wrapper, fields: fields.map((field) => ({ ...field, form: `${entry}*` })) };
}

function readField(node: Node): ContractField[] {
  const annotations = new Map(
    children(child(node, 'Annotations'), 'Annotation').map((annotation) => [
      shortName(text(annotation, 'Name')),
      new Map(
        children(child(annotation, 'AnnotationElements'), 'AnnotationElement').map((element) => [
          text(element, 'Name'),
          typeof element.Value === 'string' ? element.Value : '',
        ]),
      ),
    ]),
  );
  const excluded = annotations.get('ExcludeFromMarshaler')?.get('Value');
  if (excluded === 'ALWAYS') return [];
  const list = node.Type === 'array';
  const names = annotations.get('CustomMarshaledName');
  const own = upperFirst(names?.get('Value') || text(node, 'Name'));
  return [
    {
      form: annotations.has('MarshalXmlAsAttribute') ? `@${own}` : list ? listForm(own, names) : own,
      type: shortName(text(node, list ? 'ComponentType' : 'Type')),
      list,
      whenNull: excluded === 'VALUE_IS_NULL' ? 'left out' : annotations.has('Optional') ? 'empty' : 'never null',
    },
  ];
}

function listForm(entry: string, names: ReadonlyMap<string, string> | undefined): string {
  const wrapper = upperFirst(names?.get('CollectionValue') ?? '');
  switch (names?.get('CollectionValueRenderingMode')) {
    case 'SINGLE_BLOCK_FOR_ALL_ELEMENTS':
      return `${wrapper}/${entry}`;
    case 'BLOCK_FOR_EVERY_ELEMENT':
      return `${wrapper}*/${entry}`;
    default:
      return `${entry}*`;
  }
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
