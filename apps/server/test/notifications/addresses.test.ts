import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAddressGuard } from '../../src/notifications/addresses.ts';
import { deliver } from '../../src/notifications/deliver.ts';

const guard = createAddressGuard([]);

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001:0:1::',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'ff02::1',
  ])('%s is not public', (address) => expect(guard.isAllowed(address)).toBe(false));

  test.each(['8.8.8.8', '172.32.0.1', '192.167.255.255', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8'])(
    '%s is',
    (address) => expect(guard.isAllowed(address)).toBe(true),
  );

  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '192.168.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fc12::1', false],
  ])('with %s allowed, whether %s may be reached is %s', (network, address, allowed) => {
    expect(createAddressGuard([network]).isAllowed(address)).toBe(allowed);
  });
});

describe('a notification', async () => {
  let asked = 0;
  const listener = createServer((request, response) => {
    asked += 1;
    if (request.url === '/elsewhere') response.writeHead(307, { Location: 'http://127.0.0.1/' }).end();
    else response.end();
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address() as AddressInfo;
  const payload = { contentType: 'text/plain', body: 'news' };
  const local = createAddressGuard(['127.0.0.0/8']);

  test.each([
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `0x7f.1:${port}`,
    `2130706433:${port}`,
  ])('does not go to %s, however it is written: the address that is connected to is looked at', async (host) => {
    const before = asked;
    const { httpStatus, failure } = await deliver(`http://${host}/`, 'POST', payload, guard);
    expect([httpStatus, failure]).toEqual([null, expect.stringMatching(/may (not )?go to/)]);
    expect(asked).toBe(before);
  });

  test('goes where it is allowed to, and follows nobody from there', async () => {
    onTestFinished(() => {
      listener.close();
    });
    expect(await deliver(`http://localhost:${port}/`, 'POST', payload, local)).toEqual({
      httpStatus: 200,
      failure: undefined,
    });
    const before = asked;
    expect((await deliver(`http://127.0.0.1:${port}/elsewhere`, 'POST', payload, local)).httpStatus).toBe(307);
    expect(asked).toBe(before + 1);
  });
});
