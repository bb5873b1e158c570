/** What stands against each attack of wire.ts. */
import type { Cut, Defence } from '../cut.ts';

const WITHOUT_LISTS: Cut = {
  file: 'lib/aws/call.ts',
  defence: "if (list === undefined) throw new Unreadable('an answer without its list');",
  without: 'if (list === undefined) return [];',
};

export const ON_THE_WIRE: readonly Defence[] = [
  ['an answer of CloudWatch without its list', [WITHOUT_LISTS], /no endpoint has a CRL/],
  [
    'an answer of EC2 without a body',
    [
      {
        file: 'lib/aws/ec2/client.ts',
        defence: 'if (!isWhole({ headers: response.headers, body }, operation)) {',
        without: 'if (body === null) {',
      },
      WITHOUT_LISTS,
    ],
    /0 interfaces are there/,
  ],
  [
    'an answer of the state table without a body, while writes are paused',
    [
      {
        file: 'lib/aws/dynamoDb/read.ts',
        defence:
          'if (tables.length === 0 && keys.length === 0) return { ok: false, fault: INCOMPLETE };',
        without: '',
      },
    ],
    /the pause is forgotten/,
  ],
  [
    'one answer of the state table without its items, while writes are paused',
    [
      {
        file: 'lib/aws/dynamoDb/store.ts',
        defence: 'there.has(id) && !found.has(id)',
        without: 'there.has(id) && id === null',
      },
    ],
    /the pause is forgotten/,
  ],
  [
    'a listing of the inbox without a body',
    [
      {
        file: 'lib/aws/s3/read.ts',
        defence:
          "if (Name === undefined) throw new Unreadable('a listing that names no bucket');\n      if (KeyCount",
        without: 'if (KeyCount',
      },
    ],
    /no issuer is pinned/,
  ],
];
