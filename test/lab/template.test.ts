/**
 * Goal: what people deploy is what docs/security.md says, to the last action, and has no finding of a linter that is not
 * answered there. Method: the packaged template itself, since the emulator leaves much of it out and says nothing.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkovPython, emulatorPython } from './emulator/install.ts';
import { NOWHERE, packaged, pathOf } from './stack/package.ts';
import { parameters, sls } from './stack/sls.ts';
import { grantsOf, type PackagedTemplate, type Statement } from './stack/template.ts';

// A hang guard: checkov's first installation is 300 MB.
jest.setTimeout(900_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXTRA = ['crlReplica', 'forwardEvents', 'hubBus', 'memberEvents'].map((name) =>
  join(ROOT, `deploy/${name}.template.yml`),
);

const SUBNET = 'subnet-0a1b2c3d4e5f60718';
const GROUP = 'sg-0a1b2c3d4e5f60718';
const EVERYTHING = {
  alertEmail: 'oncall@example.com',
  eventBus: 'ops',
  regions: 'eu-west-1,us-east-1',
  probeSubnets: `${SUBNET},subnet-0a1b2c3d4e5f60719`,
  probeSecurityGroups: GROUP,
  probeIpv6Subnets: SUBNET,
  repairSubnets: SUBNET,
  repairSecurityGroups: GROUP,
  crlInboxWriterArn: 'arn:aws:iam::111122223333:role/ca-host',
  crlPublicHost: 'crl.example.com',
  crlCertificateArn:
    'arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
  crlReplicaBucket: 'replica-bucket',
  crlReplicaRegion: 'eu-central-1',
  reserveConcurrency: 'true',
  chatButtons: 'true',
};

let folder = '';
let plain: PackagedTemplate;
let full: PackagedTemplate;
let security = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vpn-medic-package-'));
  security = await readFile(join(ROOT, 'docs/security.md'), 'utf8');
  plain = await packaged(folder, 'prod', {});
  full = await packaged(folder, 'second', EVERYTHING);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('sls deploy without credentials ends before the build, and says what is missing', async () => {
  const bundle = new URL('../../dist/probe/index.mjs', import.meta.url);
  const { mtimeMs } = await stat(bundle);
  const said = await sls(['deploy', '--region', 'eu-west-1'], {
    env: { HOME: join(folder, 'no-home'), AWS_EC2_METADATA_DISABLED: 'true' },
  });
  expect(said.code).toBe(1);
  expect(said.text).toContain('credentials not found');
  expect((await stat(bundle)).mtimeMs).toBe(mtimeMs);
});

describe('sls package', () => {
  test('lists every wrong parameter in one message, and packages nothing', async () => {
    const wrong = { fall: '0', mode: 'heal', probeSubnets: 'vpc-1', alertEmial: 'a@example.com' };
    const said = await sls(['package', '--package', join(folder, 'wrong'), ...parameters(wrong)], {
      env: NOWHERE,
    });
    expect(said.code).toBe(1);
    for (const name of Object.keys(wrong)) expect(said.text).toContain(name);
    expect(said.text).toMatch(/\b5 wrong parameters:/);
    await expect(readFile(join(folder, 'wrong', 'serverless-state.json'))).rejects.toThrow(
      'ENOENT',
    );
  });

  test('a probe function may send IPv6 where its subnet is named for it, and nowhere else', () => {
    const configs = Object.entries(full.ofType('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith('Probe'))
      .map(([, { Properties }]) => Properties['VpcConfig']);
    const vpc = (subnetId: string) => ({ SubnetIds: [subnetId], SecurityGroupIds: [GROUP] });
    expect(configs).toEqual([
      { ...vpc(SUBNET), Ipv6AllowedForDualStack: true },
      vpc('subnet-0a1b2c3d4e5f60719'),
    ]);
  });

  test('chat has a button only where it is asked for; it shows on this stack’s notifications alone and sends what the function reads', () => {
    expect(plain.ofType('AWS::Chatbot::CustomAction')).toEqual({});
    const [action] = Object.values(full.ofType('AWS::Chatbot::CustomAction'));
    const stack = 'vpn-medic-second-eu-west-1';
    expect(action?.Properties).toEqual({
      ActionName: `${stack}-ack`,
      Definition: {
        CommandText:
          'lambda invoke --function-name vpn-medic-second-ackIncident --payload {"incident":"$Ack"} --region eu-west-1',
      },
      Attachments: [
        {
          NotificationType: 'Custom',
          ButtonText: 'Acknowledge',
          Criteria: [
            { Operator: 'EQUALS', VariableName: 'Stack', Value: stack },
            { Operator: 'HAS_VALUE', VariableName: 'Ack' },
          ],
          Variables: {
            Stack: 'event.metadata.additionalContext.stack',
            Ack: 'event.metadata.additionalContext.ack',
          },
        },
      ],
    });
  });

  test('a second stage stands beside the first: no name is in both', () => {
    const [first, second] = [plain, full].map((template) => new Set(template.names));
    expect(first?.size).toBeGreaterThan(20);
    expect([...(first ?? [])].filter((name) => second?.has(name))).toEqual([]);
  });
});

describe('linters', () => {
  test('cfn-lint finds nothing, not even a warning', async () => {
    const python = await emulatorPython();
    const lint = 'import sys; from cfnlint.runner import main; sys.exit(main())';
    const files = [pathOf(folder, 'prod'), pathOf(folder, 'second'), ...EXTRA];
    const { stdout } = await promisify(execFile)(python, ['-c', lint, ...files]).catch(
      (failed: unknown) => ({ stdout: String(Reflect.get(Object(failed), 'stdout')) }),
    );
    expect(stdout).toBe('');
  });

  test('checkov finds what docs/security.md answers, nothing else, and no answer is left over', async () => {
    const answered = rowsUnder(security, 'Linter findings').map(([check = '', what = '']) => ({
      check,
      what: new RegExp(`^(${what.replaceAll(', ', '|').replaceAll('*', '.*')})$`),
    }));
    const found = await checkovFindings([
      pathOf(folder, 'prod'),
      pathOf(folder, 'second'),
      ...EXTRA,
    ]);
    const isAnswer = (one: (typeof answered)[number], [check, resource]: readonly string[]) =>
      one.check === check && one.what.test(resource ?? '');
    expect(found.filter((one) => !answered.some((answer) => isAnswer(answer, one)))).toEqual([]);
    expect(answered.filter((answer) => !found.some((one) => isAnswer(answer, one)))).toEqual([]);
  });
});

describe('roles', () => {
  test('each grants exactly what the table in docs/security.md says', () => {
    const written = rowsUnder(security, 'What each role may do').map((row) => row.join(' | '));
    expect(grantsOf(full, 'second').toSorted()).toEqual(written.toSorted());
  });

  test('no two functions share one, but for probes, which are one function in several subnets', () => {
    const roleOf = ({ Properties }: { readonly Properties: Readonly<Record<string, unknown>> }) =>
      JSON.stringify(Properties['Role']);
    const functions = Object.entries(full.ofType('AWS::Lambda::Function'));
    const others = functions.filter(([id]) => !id.startsWith('Probe'));
    expect(others.length).toBeGreaterThan(5);
    expect(new Set(others.map(([, one]) => roleOf(one))).size).toBe(others.length);
  });

  test('a role that may write to EC2 may never tag', () => {
    const writers = [...full.roles].filter(([, statements]) =>
      statements.some(
        (one) =>
          one.Effect === 'Allow' &&
          !isLambdasOwn(one) &&
          one.actions.some(isEc2) &&
          !one.actions.every(reads),
      ),
    );
    expect(writers.length).toBeGreaterThan(2);
    for (const [name, statements] of writers) {
      const never = statements.filter(({ Effect }) => Effect === 'Deny');
      expect([name, never.flatMap(({ actions }) => actions)]).toEqual([
        name,
        expect.arrayContaining(['ec2:CreateTags', 'ec2:DeleteTags']),
      ]);
    }
  });

  const allowed = () => [...full.roles.values()].flat().filter(({ Effect }) => Effect === 'Allow');

  test('every action is named, none by a star', () => {
    expect(allowed().flatMap(({ actions }) => actions.filter((one) => one.includes('*')))).toEqual(
      [],
    );
  });

  test('what writes names what it writes', () => {
    const writing = allowed().filter(({ actions }) => !actions.every(reads));
    expect(writing.length).toBeGreaterThan(20);
    expect(writing.filter(({ resources }) => resources.includes('*'))).toEqual([]);
  });

  /** What a transit gateway route or an address is pointed at; the table and the address are statements of their own. */
  const TARGETS = [':transit-gateway-attachment/', ':network-interface/'];
  const isTargetAlone = ({ resources }: { readonly resources: readonly string[] }): boolean =>
    resources.every((resource) => TARGETS.some((target) => resource.includes(target)));

  test('a transit gateway route is pointed at an attachment only in a table with a tag of ours', () => {
    const named = allowed().filter((one) => one.actions.some(isEc2) && isTargetAlone(one));
    expect(new Set(named.flatMap(({ actions }) => actions))).toEqual(
      new Set(['ec2:ReplaceTransitGatewayRoute', 'ec2:AssociateAddress']),
    );
  });

  test('what writes to EC2 writes only where a tag of ours is', () => {
    const writing = allowed().filter(
      (one) =>
        one.actions.some(isEc2) &&
        !one.actions.every(reads) &&
        !isLambdasOwn(one) &&
        !isTargetAlone(one),
    );
    expect(writing.length).toBeGreaterThan(3);
    for (const { condition } of writing) {
      expect(JSON.stringify(condition)).toMatch(
        /"Null":\{"aws:ResourceTag\/vpn-medic:\w+":"false"\}/,
      );
    }
  });

  test.each(['CreateRoute', 'DeleteRoute', 'ModifyVpnTunnelOptions', 'PassRole'])(
    'none may %s',
    (action) => {
      const all = [...full.roles.values()].flat().flatMap(({ actions }) => actions);
      expect(all.filter((one) => one.endsWith(`:${action}`))).toEqual([]);
    },
  );
});

describe('data', () => {
  test('every bucket is closed to the public, sealed, and open to TLS alone', () => {
    const policies = Object.values(full.ofType('AWS::S3::BucketPolicy'));
    for (const [id, { Properties }] of Object.entries(full.ofType('AWS::S3::Bucket'))) {
      expect([id, Properties['PublicAccessBlockConfiguration']]).toEqual([
        id,
        {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      ]);
      expect(Properties).toHaveProperty('BucketEncryption');
      const [policy] = policies.filter(
        (one) => JSON.stringify(one.Properties['Bucket']) === JSON.stringify({ Ref: id }),
      );
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":');
    }
  });

  test('only buckets of lists outlive the stack, and these keep every version', () => {
    for (const id of ['CrlBucket', 'CrlPublicBucket']) {
      expect(full.Resources[id]?.Properties['VersioningConfiguration']).toEqual({
        Status: 'Enabled',
      });
    }
    const kept = Object.entries(full.Resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain') === true,
    );
    expect(kept.map(([id]) => id).toSorted()).toEqual(['CrlBucket', 'CrlPublicBucket']);
  });

  test('every log forgets after the days that were asked for', () => {
    const logs = Object.values(full.ofType('AWS::Logs::LogGroup'));
    expect(logs.length).toBe(Object.keys(full.ofType('AWS::Lambda::Function')).length);
    for (const { Properties } of logs) expect(Properties['RetentionInDays']).toBe(30);
  });

  test('the table is sealed and can be brought back; the queue is sealed', () => {
    expect(full.Resources['StateTable']?.Properties).toMatchObject({
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(full.Resources['DeadLetters']?.Properties).toMatchObject({ SqsManagedSseEnabled: true });
  });

  test('every function runs on arm64, and one that may lose an event keeps it', () => {
    for (const [id, { Properties }] of Object.entries(full.ofType('AWS::Lambda::Function'))) {
      expect([id, Properties['Architectures'], Properties['Runtime']]).toEqual([
        id,
        ['arm64'],
        'nodejs24.x',
      ]);
    }
    for (const { Properties } of Object.values(full.ofType('AWS::Events::Rule'))) {
      const targets = JSON.stringify(Properties['Targets']);
      expect(targets).toContain('"DeadLetterConfig"');
    }
  });

  test('an owner’s own alarm invokes the function that watches the resource, and no alarm of ours does', () => {
    const woken = Object.values(full.ofType('AWS::Events::Rule')).flatMap(({ Properties }) => {
      const { EventPattern, Targets } = Object(Properties);
      const [{ Arn }] = Targets;
      return EventPattern?.source?.[0] === 'aws.cloudwatch'
        ? [[Arn['Fn::GetAtt'][0], EventPattern.detail]]
        : [];
    });
    const raised = (namespace: string) => ({
      state: { value: ['ALARM'] },
      configuration: { metrics: { metricStat: { metric: { namespace: [namespace] } } } },
    });
    expect(Object.fromEntries(woken)).toEqual({
      OnInstanceChangeLambdaFunction: raised('AWS/EC2'),
      PollConnectionsLambdaFunction: raised('AWS/VPN'),
      PollEndpointsLambdaFunction: raised('AWS/ClientVPN'),
    });
  });
});

describe('the address of lists', () => {
  const configOf = (template: PackagedTemplate) =>
    Object(template.Resources['CrlDistribution']?.Properties['DistributionConfig']);

  test('is plain HTTP or HTTPS, never cached, errors neither', () => {
    const config = configOf(plain);
    expect(config.DefaultCacheBehavior).toMatchObject({
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    });
    for (const { ErrorCachingMinTTL } of config.CustomErrorResponses)
      expect(ErrorCachingMinTTL).toBe(0);
  });

  test('has a second origin when there is a second region, and none otherwise', () => {
    expect(configOf(plain).Origins).toHaveLength(1);
    expect(configOf(plain).DefaultCacheBehavior.TargetOriginId).toBe('first');
    expect(configOf(full).Origins).toHaveLength(2);
    expect(configOf(full).DefaultCacheBehavior.TargetOriginId).toBe('both');
  });

  test.each([
    ['/CA+.crl', '/CA%2B.crl'],
    ['/a+b+.crl', '/a%2Bb%2B.crl'],
    ['/CA%2B.crl', '/CA%2B.crl'],
    ['/CA.crl', '/CA.crl'],
    ['/replica/CA+.crl', '/CA%2B.crl'],
  ])('asks S3 for %s as %s', async (asked, got) => {
    const code = String(plain.Resources['CrlPlusFunction']?.Properties['FunctionCode']);
    const module = `${code}\nexport { handler };`;
    const { handler } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
    expect(handler({ request: { uri: asked } }).uri).toBe(got);
  });
});

const reads = (action: string): boolean =>
  /:(Describe|Get|List|BatchGet|Search)\w+$/.test(action) || action === 'kms:Decrypt';

const isEc2 = (action: string): boolean => /^ec2(-instance-connect)?:/.test(action);

/** Lambda makes a function's interfaces in the role's name; the function's own code is denied it. */
const isLambdasOwn = ({ actions }: Statement): boolean =>
  actions.includes('ec2:CreateNetworkInterface');

/** Cells of the first table under a heading, without its head. */
function rowsUnder(text: string, heading: string): readonly (readonly string[])[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

async function checkovFindings(files: readonly string[]): Promise<readonly (readonly string[])[]> {
  const python = await checkovPython();
  const where = files.flatMap((file) => ['-f', file]);
  const how = ['--framework', 'cloudformation', '--soft-fail', '--skip-download', '-o', 'json'];
  const args = ['-m', 'checkov.main', ...where, ...how];
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 1 << 28 });
  const { passed_checks: passed, failed_checks: failed } = JSON.parse(stdout).results;
  expect(passed.length).toBeGreaterThan(200);
  const found = new Map<string, readonly string[]>();
  for (const { check_id: check, resource } of failed) {
    const name = String(resource).split('.').at(-1) ?? '';
    found.set(`${check} ${name}`, [String(check), name]);
  }
  return [...found.values()];
}
