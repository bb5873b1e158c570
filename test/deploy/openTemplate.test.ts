/** Goal: what people choose stays open in the template, and nothing else. Method: small packages with tokens, before and after. */
import { describe, expect, test } from '@jest/globals';
import { openTemplate } from '../../deploy/openTemplate.ts';
import type { JsonObject } from '../../deploy/template.ts';
import { FIXED, OPEN, PROBE_SUBNETS, tokenOf } from '../../deploy/templateTokens.ts';
import { PARAMETERS } from '../../lib/parameters.ts';

interface TemplateParameter {
  readonly Default?: string;
  readonly AllowedPattern?: string;
}

const BUNDLES = new Map([
  ['watchAppliances', 'export const handler = 1;'],
  ['probe', 'export const handler = 2;'],
]);

const aFunction = (name: string, more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: `dist/${name}/index.handler`,
    Environment: { Variables: {} },
    TracingConfig: { Mode: 'Active' },
    ...more,
  },
});

const opened = (Resources: Readonly<Record<string, JsonObject>>, more: JsonObject = {}) =>
  openTemplate({ Resources, ...more }, BUNDLES, '1.2.3');
const resource = (id: string, one: JsonObject) =>
  Object(opened({ [id]: one }).template['Resources'])[id];
const propertyOf = (value: JsonObject[string]) =>
  resource('One', { Type: 'T', Properties: { Value: value } }).Properties.Value;

describe('a text', () => {
  test.each<readonly [string, JsonObject[string], unknown]>([
    ['that is a token alone becomes a reference', tokenOf('mode'), { Ref: 'mode' }],
    [
      'around a token becomes a substitution, and what was literal stays literal',
      `$\{Dim} ${tokenOf('stage')}-x`,
      { 'Fn::Sub': '${!Dim} ${stage}-x' },
    ],
    ['without one is left alone', '$Ack ${Dim}', '$Ack ${Dim}'],
    [
      'inside Fn::Sub keeps its own names; the stack is named after its stage',
      { 'Fn::Sub': `\${AWS::StackName}-\${A.Arn}-${tokenOf('fall')}` },
      { 'Fn::Sub': 'vpn-medic-${stage}-${A.Arn}-${fall}' },
    ],
    [
      'with the region of the package is of any region',
      'x-mx-central-1',
      { 'Fn::Sub': 'x-${AWS::Region}' },
    ],
    [
      'list that a parameter gives is split',
      [tokenOf('repairSubnets')],
      { 'Fn::Split': [',', { Ref: 'repairSubnets' }] },
    ],
  ])('%s', (_, before, after) => {
    expect(propertyOf(before)).toEqual(after);
  });

  test('that names no parameter is refused', () => {
    expect(() => propertyOf(`x-${tokenOf('regions')}`)).not.toThrow();
    expect(() => resource('One', { Type: 'T', [tokenOf('mode')]: 1 })).toThrow('token-mode-token');
  });
});

describe('parameters', () => {
  const parameters = Object(opened({}).template['Parameters']);

  test('have the names and defaults of the deploy parameters, but for those that are fixed', () => {
    const own = ['stage', 'codeBucket', 'codePrefix'];
    expect(Object.keys(parameters).filter((name) => !own.includes(name))).toEqual(OPEN);
    expect([...OPEN, ...FIXED].toSorted()).toEqual(Object.keys(PARAMETERS).toSorted());
    for (const name of OPEN.filter((one) => one !== 'docsUrl')) {
      expect([name, parameters[name].Default]).toEqual([name, PARAMETERS[name].default]);
    }
    expect(parameters.docsUrl.Default).toContain('/v1.2.3/');
  });

  test('refuse what the check before a deployment refuses, and take every default', () => {
    expect(parameters.mode.AllowedValues).toEqual(['act', 'observe']);
    expect(parameters.fall).toMatchObject({ Type: 'Number', MinValue: 1, MaxValue: 30 });
    for (const [name, { Default, AllowedPattern }] of Object.entries<TemplateParameter>(
      parameters,
    )) {
      if (AllowedPattern === undefined || Default === undefined) continue;
      expect([name, new RegExp(AllowedPattern).test(Default)]).toEqual([name, true]);
    }
    const subnet = 'subnet-0a1b2c3d4e5f60718';
    const fits = (count: number) =>
      new RegExp(parameters.probeSubnets.AllowedPattern).test(Array(count).fill(subnet).join());
    expect([fits(1), fits(6), fits(7)]).toEqual([true, true, false]);
  });

  test('only the place of the code has to be given', () => {
    const required = Object.entries<JsonObject>(parameters).filter(
      ([, one]) => !('Default' in one),
    );
    expect(required.map(([name]) => name)).toEqual(['codeBucket']);
  });
});

describe('what is there', () => {
  const conditionOf = (id: string, one: JsonObject = { Type: 'T' }) => resource(id, one).Condition;

  test.each([
    ['PublishCrlRole', 'PublishesCrls'],
    ['CrlBucket', 'PublishesCrls'],
    ['RepairApplianceRole', 'Repairs'],
    ['RepairShellRole', 'HasRepairShell'],
    ['PollConnectionsLogGroup', 'WatchesConnections'],
    ['VpnmedicpollEndpointsrule2EventBridgeRule', 'WatchesEndpoints'],
    ['VpnmedicwatchAppliancesrule1EventBridgeRule', undefined],
    ['Probe3LogGroup', 'HasProbe3'],
    ['ProbeRole', 'HasProbe1'],
    ['StateTable', undefined],
  ])('%s: %s', (id, condition) => {
    expect(conditionOf(id)).toBe(condition);
  });

  test('an alarm is there as long as the function whose figures it reads', () => {
    const alarm = (Name: string, Value: string, MetricName: string): JsonObject => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { MetricName, Dimensions: [{ Name, Value }] },
    });
    const ofFunction = (key: string) => alarm('FunctionName', `vpn-medic-x-${key}`, 'Errors');
    expect(conditionOf('A', ofFunction('pollConnections'))).toBe('WatchesConnections');
    expect(conditionOf('A', ofFunction('watchAppliances'))).toBeUndefined();
    expect(conditionOf('A', alarm('Region', 'x', 'Heartbeat'))).toBeUndefined();
    expect(conditionOf('A', alarm('Region', 'x', 'CrlLeftMs'))).toBe('PublishesCrls');
  });

  test('a resource keeps a condition of its own', () => {
    expect(conditionOf('AlertsEmail', { Type: 'T', Condition: 'HasEmail' })).toBe('HasEmail');
  });

  test('a statement is only where its part is', () => {
    const statement = { Sid: 'AskRepairs', Effect: 'Allow' };
    expect(
      resource('One', { Type: 'T', Properties: { Statement: [statement] } }).Properties,
    ).toEqual({
      Statement: [{ 'Fn::If': ['Repairs', statement, { Ref: 'AWS::NoValue' }] }],
    });
  });
});

describe('functions', () => {
  test('take their code from the object that is named by what is in it', () => {
    const { template, objects } = opened({
      WatchAppliancesLambdaFunction: aFunction('watchAppliances'),
    });
    const { Code } = Object(template['Resources']).WatchAppliancesLambdaFunction.Properties;
    expect(objects).toEqual({
      watchAppliances: expect.stringMatching(/^watchAppliances-[0-9a-f]{32}\.zip$/),
    });
    expect(Code).toEqual({
      S3Bucket: { Ref: 'codeBucket' },
      S3Key: { 'Fn::Sub': `\${codePrefix}${objects['watchAppliances']}` },
    });
    const other = openTemplate(
      { Resources: { A: aFunction('probe') } },
      new Map([['probe', 'export const handler = 3;']]),
      '1.2.3',
    );
    expect(other.objects).not.toEqual(opened({ A: aFunction('probe') }).objects);
  });

  test('of a bundle that was not built are refused by name', () => {
    expect(() => opened({ A: aFunction('mapWidget') })).toThrow('dist/mapWidget is missing');
  });

  test('that probe are named where there is a subnet for them', () => {
    const names = PROBE_SUBNETS.map((name) => `medic-${tokenOf(name)}`).join();
    const { 'Fn::Join': join } = propertyOf(names);
    expect(join[1]).toHaveLength(PROBE_SUBNETS.length);
    expect(join[1][1]).toEqual({
      'Fn::If': [
        'HasProbe2',
        { 'Fn::Sub': [',medic-${probeSubnets2}', { probeSubnets2: expect.anything() }] },
        '',
      ],
    });
  });
});

test('the bucket that osls would deploy from is left out', () => {
  const { template } = opened(
    { ServerlessDeploymentBucket: { Type: 'T' }, Kept: { Type: 'T' } },
    { Outputs: { ServerlessDeploymentBucketName: { Value: 'x' } } },
  );
  expect(Object.keys(Object(template['Resources']))).toEqual(['Kept']);
  expect(template['Outputs']).toEqual({});
});
