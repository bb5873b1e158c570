/** Network ACLs as EC2 describes them. */
import type { NetworkAclFact } from '../../lib/core/securityGroupPort.ts';

/** As EC2 makes it for a new VPC: everything is allowed, in and out. */
export const openAcl = (...subnetIds: readonly string[]): NetworkAclFact => ({
  aclId: 'acl-1',
  subnetIds,
  entries: [true, false].flatMap((isEgress) =>
    ['0.0.0.0/0', '::/0'].map((cidr, index) => ({
      number: 100 + index,
      isEgress,
      isAllowed: true,
      protocol: '-1',
      ports: null,
      cidr,
    })),
  ),
});
