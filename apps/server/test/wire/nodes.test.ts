import { expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { startTestServer } from '../support/server.ts';
import { withCode } from '../support/things.ts';

const { client: admin } = await startTestServer();

test('a node is listed, found by name and id, renamed and given a DNS name', async () => {
  const { items, total } = await admin.ds3.getNodes();
  const [node] = items;
  if (!node) throw new Error('there is no node');
  expect(total).toBe(1);
  expect(node).toEqual({
    id: expect.any(String),
    name: node.name,
    dataPathHttpPort: Number(admin.endpoint.split(':')[1]),
    dataPathHttpsPort: null,
    dataPathIpAddress: '127.0.0.1',
    dnsName: null,
    lastHeartbeat: expect.any(Date),
    serialNumber: (await admin.ds3.getSystemInformation()).serialNumber,
  });
  const change = { name: newName('node'), dnsName: 'nacre.example' };
  expect(await admin.ds3.modifyNode({ id: node.name, ...change })).toMatchObject({ id: node.id, ...change });
  expect(await admin.ds3.getNode({ id: change.name })).toMatchObject({ id: node.id, dnsName: 'nacre.example' });
  expect(await admin.ds3.modifyNode({ id: node.id, dnsName: null })).toMatchObject({
    dnsName: null,
    name: change.name,
  });
  await expect(admin.ds3.modifyNode({ id: node.id, name: '' })).rejects.toThrow(withCode('InvalidArgument'));
  await expect(admin.ds3.getNode({ id: node.name })).rejects.toThrow(withCode('NotFound'));

  const { client } = await aUser(admin);
  await expect(client.ds3.modifyNode({ id: node.id, dnsName: 'x' })).rejects.toThrow(withCode('AccessDenied'));
  expect(await client.ds3.getNodes()).toMatchObject({ total: 1 });
});
