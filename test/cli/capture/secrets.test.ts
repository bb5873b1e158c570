/** Goal: no secret is in a capture. Method: what the SDK itself calls sensitive, and planted texts under every name at any depth. */
import * as ec2 from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { NormalizedSchema } from '@smithy/core/schema';
import { array, assert, constantFrom, dictionary, letrec, oneof, property } from 'fast-check';
import { withoutSecrets } from '../../../lib/cli/capture/secrets.ts';

const PLANTED = 'planted-secret';

/** A value of the shape, with the planted text in every text that the SDK calls sensitive. */
function planted(schema: NormalizedSchema, isSensitive: boolean, depth: number): unknown {
  const isHere = isSensitive || Boolean(schema.getMergedTraits().sensitive);
  if (depth > 8) return undefined;
  if (schema.isStringSchema()) return isHere ? PLANTED : 'harmless';
  if (schema.isListSchema()) return [planted(schema.getValueSchema(), isHere, depth + 1)];
  if (!schema.isStructSchema()) return undefined;
  return Object.fromEntries(
    [...schema.structIterator()].map(([name, member]) => [
      name,
      planted(member, isHere, depth + 1),
    ]),
  );
}

/** Those answers among the recorded ones that are likely to hold any. */
const READ: readonly (readonly [string, object])[] = [
  ['DescribeInstances', new ec2.DescribeInstancesCommand({})],
  ['DescribeVpnConnections', new ec2.DescribeVpnConnectionsCommand({})],
  ['DescribeCustomerGateways', new ec2.DescribeCustomerGatewaysCommand({})],
  ['DescribeClientVpnEndpoints', new ec2.DescribeClientVpnEndpointsCommand({})],
  [
    'DescribeClientVpnConnections',
    new ec2.DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: 'x' }),
  ],
  ['DescribeNetworkInterfaces', new ec2.DescribeNetworkInterfacesCommand({})],
  ['DescribeTransitGatewayAttachments', new ec2.DescribeTransitGatewayAttachmentsCommand({})],
];

const OUTPUT = 5;

const answerOf = (command: object): unknown =>
  planted(NormalizedSchema.of(Object(Reflect.get(command, 'schema'))[OUTPUT]), false, 0);

test.each(READ)('%s: nothing that the SDK calls sensitive is kept', (_name, command) => {
  const answer = answerOf(command);
  expect(JSON.stringify(answer)).toContain('harmless');
  expect(JSON.stringify(withoutSecrets(answer))).not.toContain(PLANTED);
});

test('the SDK knows keys in DescribeVpnConnections, so that the test above can fail', () => {
  expect(JSON.stringify(answerOf(new ec2.DescribeVpnConnectionsCommand({})))).toContain(PLANTED);
});

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
