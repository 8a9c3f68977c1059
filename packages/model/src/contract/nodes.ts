import { Node } from '../types/node.ts';
import { text } from '../wire/scalar.ts';
import { clearable, data, items, list, may, modify, on, paging, show } from './define.ts';

/** The machines of the system. */
export const nodes = {
  ...on('node', {
    /** Nodes. SDK: GetNodesSpectraS3. */
    getNodes: list({ query: paging, answer: items(Node), raises: ['NotFound'] }),

    /** One node. SDK: GetNodeSpectraS3. */
    getNode: show({ answer: data(Node), raises: ['NotFound'] }),

    /** Renames a node, or gives it the DNS name that clients reach it by. SDK: ModifyNodeSpectraS3. */
    modifyNode: modify({
      query: { dnsName: clearable(text), name: may(text) },
      answer: data(Node),
      raises: ['Conflict', 'NotFound'],
    }),
  }),
};
