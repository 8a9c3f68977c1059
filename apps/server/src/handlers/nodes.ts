import type { Node } from '@nacre/model';
import { listNodePage, type NodeRow, needNode, updateNode } from '@nacre/store';
import type { Handlers } from '../context.ts';
import { checkName, checkText } from '../domain/names.ts';
import { describePage, pageRequest } from '../domain/page.ts';
import { needAdministrator } from '../domain/permissions.ts';

export const nodes = {
  async getNodes(ctx, paging) {
    return describePage(await listNodePage(ctx.store.db, pageRequest(paging)), describeNode);
  },

  async getNode(ctx, { id }) {
    return describeNode(await needNode(ctx.store.db, id));
  },

  async modifyNode(ctx, { id, name, dnsName }) {
    needAdministrator(ctx.caller, 'change nodes');
    if (name !== undefined) checkName('node', name);
    checkText('dns_name', dnsName);
    const node = await needNode(ctx.store.db, id);
    return describeNode(await updateNode(ctx.store.db, node.id, { name, dnsName }));
  },
} satisfies Handlers<'ds3'>;

function describeNode({
  dnsName,
  endPoint,
  httpPort,
  httpsPort,
  id,
  lastHeartbeat,
  name,
  serialNumber,
}: NodeRow): Node {
  return {
    dataPathHttpPort: httpPort,
    dataPathHttpsPort: httpsPort,
    dataPathIpAddress: endPoint,
    dnsName,
    id,
    lastHeartbeat,
    name,
    serialNumber,
  };
}
