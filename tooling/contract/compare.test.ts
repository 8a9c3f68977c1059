import { describe, expect, test } from 'vitest';
import { deliberate, sorted } from './deliberate.ts';
import { differences } from './differences.ts';
import { readContract } from './read-contract.ts';

// Contracts of our own in the vendor's format, each about a few things.
interface Made {
  readonly handlers?: string;
  readonly types?: string;
  readonly payloads?: string;
}

function contractOf({ handlers = '', types = '', payloads = '' }: Made) {
  const xml = `<Data><Contract><NotificationPayloadTypes>${payloads}</NotificationPayloadTypes>
    <RequestHandlers>${handlers}</RequestHandlers><Types>${types}</Types></Contract></Data>`;
  return readContract('made.xml', xml);
}

function handler(
  name: string,
  request: string,
  params = '',
  codes: Readonly<Record<number, string>> = { 204: 'null' },
) {
  const answers = Object.entries(codes).map(
    ([status, type]) =>
      `<ResponseCode><Code>${status}</Code><ResponseTypes><ResponseType ${type.includes('=') ? type : `Type="${type}"`}/></ResponseTypes></ResponseCode>`,
  );
  return `<RequestHandler Classification="spectrads3" Name="a.b.${name}RequestHandler">
    <Request IncludeIdInPath="true" ${request}>${params}</Request>
    <ResponseCodes>${answers.join('')}</ResponseCodes></RequestHandler>`;
}

function type(name: string, elements: string, attributes = '') {
  return `<Type Name="a.b.${name}" ${attributes}><Elements>${elements}</Elements></Type>`;
}

function element(name: string, typeName: string, annotations = '') {
  const ofList = typeName.startsWith('array ')
    ? `ComponentType="a.${typeName.slice(6)}" Type="array"`
    : `Type="${typeName}"`;
  return `<Element Name="${name}" ${ofList}><Annotations>${annotations}</Annotations></Element>`;
}

function annotation(name: string, values: Readonly<Record<string, string>> = {}) {
  const elements = Object.entries(values).map(([key, value]) => `<AnnotationElement Name="${key}" Value="${value}"/>`);
  return `<Annotation Name="a.${name}"><AnnotationElements>${elements.join('')}</AnnotationElements></Annotation>`;
}

function problems(made: Made): string[] {
  return differences([contractOf(made)], { exact: false }).map(({ subject, problem }) => `${subject}: ${problem}`);
}

const force = '<RequiredQueryParams><Param Name="Force" Type="void"/></RequiredQueryParams>';

describe('a row', () => {
  test('that says what the contract says is no difference', () => {
    expect(problems({ handlers: handler('CancelJob', 'HttpVerb="DELETE" Resource="JOB"', force) })).toEqual([]);
  });

  test('is named after the SDK request, not after the handler', () => {
    const request = 'HttpVerb="PUT" Resource="BUCKET" Operation="VERIFY_SAFE_TO_START_BULK_PUT"';
    expect(
      problems({ handlers: handler('VerifySafeToCreatePutJob', request, '', { 200: 'null', 402: 'a.E' }) }),
    ).toEqual([]);
    expect(problems({ handlers: handler('CreateNothing', request) })).toEqual(['ds3.putNothing: missing']);
  });

  test('that the vendor keeps for itself is not looked for', () => {
    const internal = handler('CreateNothing', 'HttpVerb="PUT" Resource="JOB"').replace('spectrads3', 'spectrainternal');
    expect(problems({ handlers: internal })).toEqual([]);
  });

  test('is compared in verb, resource, id, operation and statuses', () => {
    const request = 'HttpVerb="PUT" Resource="ACTIVE_JOB" Operation="ALLOCATE"';
    const other = handler('CancelJob', request, force, { 200: 'null' }).replace('InPath="true"', 'InPath="false"');
    expect(problems({ handlers: other })).toEqual([
      'ds3.cancelJob: verb is DELETE here, PUT there',
      'ds3.cancelJob: operation is undefined here, allocate there',
      'ds3.cancelJob: resource is job here, active_job there',
      'ds3.cancelJob: id in the path is true here, false there',
      'ds3.cancelJob: success is 204 here, 200 there',
    ]);
  });

  test('is compared in its parameters', () => {
    const request = 'HttpVerb="PUT" Resource="JOB"';
    const params = `<RequiredQueryParams><Param Name="Name" Type="java.lang.String"/></RequiredQueryParams>
      <OptionalQueryParams><Param Name="Priority" Type="int"/><Param Name="Colour" Type="int"/></OptionalQueryParams>`;
    expect(problems({ handlers: handler('ModifyJob', request, params, { 200: 'a.JobWithChunksApiBean' }) })).toEqual([
      'ds3.modifyJob: Name is optional here, required there',
      'ds3.modifyJob: Priority is Priority here, int there',
      'ds3.modifyJob: lacks the parameter Colour',
      'ds3.modifyJob: answer is MasterObjectList as MasterObjectList here, MasterObjectList as Data there',
    ]);
  });

  test('must not require what the contract does not know', () => {
    expect(problems({ handlers: handler('CancelJob', 'HttpVerb="DELETE" Resource="JOB"') })).toEqual([
      'ds3.cancelJob: force is required here only',
    ]);
  });

  test('understands a parameter by its older name', () => {
    const params = `<RequiredQueryParams><Param Name="FullDetails" Type="void"/></RequiredQueryParams>
      <OptionalQueryParams><Param Name="StorageDomainId" Type="java.util.UUID"/></OptionalQueryParams>`;
    const request = 'HttpVerb="GET" Resource="BUCKET" Operation="VERIFY_PHYSICAL_PLACEMENT"';
    const made = handler('VerifyPhysicalPlacementForObjectsWithFullDetails', request, params, {
      200: 'a.BlobApiBeansContainer',
    });
    expect(problems({ handlers: made })).toEqual([]);
  });

  test('is compared in what it answers', () => {
    const list = (of: string) => ({ 200: `ComponentType="a.${of}" Type="array"` });
    const nodes = 'HttpVerb="GET" Resource="NODE"';
    const made = (codes: Readonly<Record<number, string>>) =>
      problems({ handlers: handler('GetNodes', nodes, '', codes).replace('InPath="true"', 'InPath="false"') });
    expect(made(list('Node'))).toEqual([]);
    expect(made(list('Pool'))).toEqual([
      'ds3.getNodes: answer is a list of Node as Node here, a list of Pool as Pool there',
    ]);
    expect(made({ 200: 'a.Node' })).toEqual([
      'ds3.getNodes: answer is a list of Node as Node here, Node as Data there',
    ]);
    expect(made({ 200: 'java.lang.String' })).toEqual([
      'ds3.getNodes: answer is a list of Node as Node here, a text there',
    ]);
  });
});

describe('a type', () => {
  const answering = (name: string) => handler('GetNode', 'HttpVerb="GET" Resource="NODE"', '', { 200: `a.${name}` });
  const node = (elements: string) => problems({ handlers: answering('Node'), types: type('Node', elements) });
  const known = [
    element('DataPathHttpPort', 'java.lang.Integer', annotation('Optional')),
    element('DataPathIpAddress', 'java.lang.String'),
    element('Id', 'java.util.UUID'),
    element('LastHeartbeat', 'java.util.Date'),
    element('Name', 'java.lang.String'),
    element('SerialNumber', 'java.lang.String'),
  ].join('');

  test('with the same fields is no difference, and may have fewer that can be null', () => {
    expect(node(known)).toEqual([]);
  });

  test('is compared in the names, types and places of its fields', () => {
    expect(node(known.replace('Type="java.util.Date"', 'Type="long"'))).toEqual([
      'Node: LastHeartbeat is instant here, long there',
    ]);
    expect(node(known + element('Colour', 'int'))).toEqual(['Node: lacks Colour']);
    const attribute = element('Id', 'java.util.UUID', annotation('MarshalXmlAsAttribute'));
    expect(node(known.replace(element('Id', 'java.util.UUID'), attribute))).toEqual([
      'Node: lacks @Id',
      'Node: Id is always there here only',
    ]);
  });

  test('is compared in what may be null', () => {
    const leftOut = annotation('ExcludeFromMarshaler', { Value: 'VALUE_IS_NULL' });
    expect(
      node(known.replace(element('Name', 'java.lang.String'), element('Name', 'java.lang.String', leftOut))),
    ).toEqual(['Node: Name is always here, left out there when null']);
    expect(node(known.replace(element('Id', 'java.util.UUID'), ''))).toEqual(['Node: Id is always there here only']);
  });

  test('may have fields that are never written', () => {
    const never = annotation('ExcludeFromMarshaler', { Value: 'ALWAYS' });
    expect(node(known + element('Colour', 'int', never))).toEqual([]);
  });

  test('is compared in how it writes its lists', () => {
    const named = annotation('CustomMarshaledName', {
      CollectionValue: 'Nodes',
      CollectionValueRenderingMode: 'SINGLE_BLOCK_FOR_ALL_ELEMENTS',
      Value: 'Node',
    });
    const jobs = (annotations: string) =>
      problems({
        payloads: '<NotificationPayloadType>a.JobApiBean</NotificationPayloadType>',
        types: type('JobApiBean', element('Nodes', 'array NodeApiBean', annotations)),
      }).filter((line) => line.includes('Node'));
    const leftOut = annotation('ExcludeFromMarshaler', { Value: 'VALUE_IS_NULL' });
    expect(jobs(named + leftOut)).toEqual([]);
    expect(jobs(named)).toEqual([]);
    expect(jobs('')).toEqual(['JobHead: lacks Nodes*']);
  });

  test('that nothing public needs is not looked for', () => {
    expect(problems({ types: type('Nothing', '') })).toEqual([]);
    expect(
      problems({
        payloads: '<NotificationPayloadType>a.Nothing</NotificationPayloadType>',
        types: type('Nothing', ''),
      }),
    ).toEqual(['Nothing: missing']);
  });

  test('that enumerates is compared in its values and their order', () => {
    const priority = (...values: string[]) =>
      problems({
        payloads: '<NotificationPayloadType>a.BlobStoreTaskPriority</NotificationPayloadType>',
        types: `<Type Name="a.BlobStoreTaskPriority"><EnumConstants>${values.map((value) => `<EnumConstant Name="${value}"/>`).join('')}</EnumConstants></Type>`,
      });
    expect(priority('URGENT', 'LOW')).toEqual([]);
    expect(priority('LOW', 'URGENT')).toEqual(['Priority: its values are in the order LOW, URGENT there']);
    expect(priority('URGENT', 'IDLE')).toEqual(['Priority: lacks the value IDLE']);
  });
});

describe('with all generations at hand', () => {
  const exactly = (...made: Made[]) =>
    differences(made.map(contractOf), { exact: true }).map(({ subject, problem }) => `${subject}: ${problem}`);

  test('what none of them has is a difference', () => {
    const found = exactly({ handlers: handler('CancelJob', 'HttpVerb="DELETE" Resource="JOB"', force) });
    expect(found).not.toContain('ds3.cancelJob: is here only');
    expect(found).toContain('ds3.truncateJob: is here only');
  });

  test('a field that is always there in all of them has to be so here', () => {
    const answering = handler('GetBucket', 'HttpVerb="GET" Resource="BUCKET"', '', { 200: 'a.Bucket' });
    const isProtected = element('Protected', 'boolean');
    const newer = { handlers: answering, types: type('Bucket', isProtected) };
    const older = { handlers: answering, types: type('Bucket', '') };
    const weaker = 'Bucket: Protected is maybe here, always there in every contract';
    expect(exactly(newer)).toContain(weaker);
    expect(exactly(newer, older)).not.toContain(weaker);
  });
});

describe('deliberate differences', () => {
  const found = [{ subject: 'Bucket', problem: 'lacks Colour', files: ['made.xml'] }];

  test('are left out', () => {
    const meant = [{ subject: 'Bucket', problem: 'lacks Colour', reason: 'Colours are for people.' }];
    expect(sorted(found, meant)).toEqual({ unmeant: [], unneeded: [] });
    expect(sorted(found, [])).toEqual({ unmeant: found, unneeded: [] });
  });

  test('that are gone are reported', () => {
    const meant = [{ subject: 'Bucket', problem: 'lacks Sound', reason: 'It is silent.' }];
    expect(sorted(found, meant)).toEqual({ unmeant: found, unneeded: meant });
  });

  test('have a reason each', () => {
    for (const { reason } of deliberate) expect(reason).toMatch(/^[A-Z].+\.$/);
  });
});

test('a file that is not a contract is refused', () => {
  expect(() => readContract('made.xml', '<Html/>')).toThrow('made.xml is not a contract');
});
