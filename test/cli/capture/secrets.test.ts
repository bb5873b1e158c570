/** Goal: no secret is in a capture. Method: every recorded answer with a planted text in what the SDK calls sensitive and what is named like a secret, and planted texts at any depth. */
import { readFileSync } from 'node:fs';
import * as acm from '@aws-sdk/client-acm';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as directConnect from '@aws-sdk/client-direct-connect';
import * as directories from '@aws-sdk/client-directory-service';
import * as ec2 from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { NormalizedSchema } from '@smithy/core/schema';
import { array, assert, constantFrom, dictionary, letrec, oneof, property } from 'fast-check';
import { KEPT_FIELDS } from '../../../lib/cli/capture/keptFields.ts';
import { keptOf, withoutSecrets } from '../../../lib/cli/capture/secrets.ts';
import { EXAMPLES, FOLDER } from '../../examples/captures.ts';

const PLANTED = 'planted-secret';

/** Not every schema marks its secrets: that of Direct Connect does not mark the key of BGP. */
const SUSPICIOUS =
  /(?<!^)key$|secret|password|token$|routerconfig|customergatewayconfig|userdata|user.?name|commonname|credential|material|^cak$/i;

/** A value of the shape, with the planted text in every text that is sensitive, and `harmless` in every other. */
function planted(schema: NormalizedSchema, isSensitive: boolean, depth: number): unknown {
  const isHere =
    isSensitive ||
    Boolean(schema.getMergedTraits().sensitive) ||
    (schema.isMemberSchema() && SUSPICIOUS.test(schema.getMemberName()));
  if (depth > 8) return undefined;
  if (schema.isStringSchema()) return isHere ? PLANTED : 'harmless';
  if (schema.isListSchema()) return [planted(schema.getValueSchema(), isHere, depth + 1)];
  if (!schema.isStructSchema()) return undefined;
  return Object.fromEntries(
    [...schema.structIterator()]
      // The recorder joins pages, and keeps no token of theirs (recorder.test.ts).
      .filter(([name]) => !/^nextToken$/i.test(name))
      .map(([name, member]) => [name, planted(member, isHere, depth + 1)]),
  );
}

/** The SDK's clients by the name that a capture gives their service. */
const CLIENTS: Readonly<Record<string, object>> = {
  ec2,
  acm,
  cloudwatch,
  'direct-connect': directConnect,
  'directory-service': directories,
};

/** Of EC2 what the captures that ship hold; of other services every row of what is kept. */
const RECORDED: readonly (readonly [service: string, operation: string])[] = [
  ...new Set([
    ...KEPT_FIELDS.keys(),
    ...EXAMPLES.flatMap(({ file }) =>
      readFileSync(FOLDER + file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .flatMap(({ service, operation }) => (service === 'ec2' ? [`ec2 ${operation}`] : [])),
    ),
  ]),
].flatMap((name) => {
  const [service = '', operation = ''] = name.split(' ');
  // Its client is no dependency: its one row is two fields.
  return service === 'resourcegroupstaggingapi' ? [] : [[service, operation] as const];
});

const OUTPUT = 5;

function answerOf(service: string, operation: string): unknown {
  const Command: unknown = Reflect.get(CLIENTS[service] ?? {}, `${operation}Command`);
  if (typeof Command !== 'function') throw new Error(`${service} has no ${operation}`);
  const schema: unknown = Reflect.get(Reflect.construct(Command, [{}]), 'schema');
  return planted(NormalizedSchema.of(Object(schema)[OUTPUT]), false, 0);
}

test.each(RECORDED)(
  '%s %s: no field is kept that the SDK calls sensitive, or whose name says that it holds a secret or a person',
  (service, operation) => {
    const kept = JSON.stringify(keptOf(service, operation, answerOf(service, operation)));
    const names = [...kept.matchAll(/"(\w+)":\[?"planted-secret"/g)].map(([, name]) => name);
    expect(names).toEqual([]);
    expect(kept).not.toContain(PLANTED);
  },
);

test.each([
  ['ec2', 'DescribeVpnConnections', 'PreSharedKey'],
  ['direct-connect', 'DescribeVirtualInterfaces', 'authKey'],
  ['direct-connect', 'DescribeVirtualInterfaces', 'customerRouterConfig'],
  ['directory-service', 'DescribeDirectories', 'SharedSecret'],
])('%s %s answers with %s, so that the test above can fail', (service, operation, field) => {
  expect(JSON.stringify(answerOf(service, operation))).toContain(`"${field}":"${PLANTED}"`);
});

test('of an operation that has no row nothing is kept', () => {
  expect(keptOf('secretsmanager', 'GetSecretValue', { SecretString: PLANTED })).toBe(undefined);
});

test.each([
  ['Key', 'Value'],
  ['key', 'value'],
])(
  'tags written as %s and %s: those of other tools are left out, those of vpn-medic stay',
  (key, value) => {
    const tags = [
      { [key]: 'bgp-password', [value]: PLANTED },
      { [key]: 'vpn-medic:watch', [value]: 'yes' },
    ];
    const answer = { connections: [{ tags }] };
    expect(keptOf('direct-connect', 'DescribeConnections', answer)).toEqual({
      connections: [{ tags: [tags[1]] }],
    });
  },
);

const SECRET_NAMES = [
  'PreSharedKey',
  'CustomerGatewayConfiguration',
  'UserData',
  'SessionToken',
  'ClientToken',
  'SecretAccessKey',
  'Password',
  'PrivateKey',
  'KeyMaterial',
  'AuthenticationKey',
  'authKey',
  'customerRouterConfig',
  'PreSharedKeyArn',
  'Username',
  'CommonName',
];

test('a text under the name of a secret is nowhere, however deep, and in no tag of other tools', () => {
  const { value } = letrec<{ value: unknown }>((tie) => ({
    value: oneof(
      { depthSize: 'medium' },
      constantFrom<unknown>('harmless', 1, null, true),
      array(tie('value'), { maxLength: 3 }),
      dictionary(constantFrom('Options', 'Tags', 'Tunnels'), tie('value'), { maxKeys: 3 }),
      dictionary(constantFrom(...SECRET_NAMES), constantFrom<unknown>(PLANTED, [PLANTED]), {
        maxKeys: 3,
      }),
      constantFrom<unknown>({ Key: 'db-password', Value: PLANTED }).map((tag) => [tag]),
    ),
  }));
  assert(
    property(value, (one) => {
      expect(JSON.stringify(withoutSecrets({ one })) ?? '').not.toContain(PLANTED);
    }),
    { numRuns: 500 },
  );
});
