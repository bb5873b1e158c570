/** Goal: wrong parameters never reach AWS, and the message names each with its fix. Method: both sides of every rule. */
import { describe, expect, test } from '@jest/globals';
import { parameterFaults } from '../lib/parameterFaults.ts';
import { PARAMETERS } from '../lib/parameters.ts';

const RIGHT = {
  ...Object.fromEntries(Object.entries(PARAMETERS).map(([name, row]) => [name, row.default])),
  regions: 'eu-west-1',
};

const faultsWith = (candidate: Readonly<Record<string, string>>, stage = 'prod') =>
  parameterFaults({ ...RIGHT, ...candidate }, stage);

describe('parameters', () => {
  test('the defaults are valid', () => {
    expect(faultsWith({})).toEqual([]);
  });

  test.each([
    ['alertEmail', 'oncall@example.com', 'oncall@example'],
    ['alertEmail', '', 'a@example.com,b@example.com'],
    ['mode', 'observe', 'heal'],
    ['regions', 'eu-west-1, us-gov-west-1', 'Ireland'],
    ['fall', '1', '0'],
    ['fall', '30', '31'],
    ['probeIntervalMs', '3000', '3001'],
    ['holdMs', '0', '-1'],
    ['watchSeconds', '12', '11'],
    ['watchSeconds', '90', '91'],
    ['watchMemoryMb', '256', '255'],
    ['watchMemoryMb', '10240', '10241'],
    ['logRetentionDays', '365', '366'],
    ['reserveConcurrency', 'true', 'yes'],
    ['tracing', 'true', 'Active'],
    [
      'crlInboxWriterArn',
      'arn:aws:iam::111122223333:role/ca/host',
      'arn:aws:iam::111122223333:root',
    ],
    ['eventBus', 'default', 'a bus'],
  ])('%s may be %j and may not be %j', (name, good, bad) => {
    expect(faultsWith({ [name]: good })).toEqual([]);
    const faults = faultsWith({ [name]: bad });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).toContain(bad);
  });

  test.each([
    [
      'probeSubnets',
      'subnet-0a1b2c3d4e5f60718,subnet-0a1b2c3d',
      'probeSecurityGroups',
      'sg-0a1b2c3d',
    ],
    ['repairSubnets', 'subnet-0a1b2c3d', 'repairSecurityGroups', 'sg-0a1b2c3d, sg-0a1b2c3e'],
    [
      'crlPublicHost',
      'crl.example.com',
      'crlCertificateArn',
      'arn:aws:acm:us-east-1:111122223333:certificate/0a1b',
    ],
    ['crlReplicaBucket', 'some-bucket', 'crlReplicaRegion', 'eu-central-1'],
  ])('%s=%s needs %s', (one, oneValue, other, otherValue) => {
    expect(faultsWith({ [one]: oneValue, [other]: otherValue })).toEqual([]);
    expect(faultsWith({ [one]: oneValue })).toEqual([
      `${one} and ${other} need each other: give both or neither`,
    ]);
    expect(faultsWith({ [other]: otherValue })).toHaveLength(1);
  });

  test('one that does not exist is named, with those that do', () => {
    expect(faultsWith({ alertEmial: 'a@example.com' })).toEqual([
      expect.stringMatching(/^alertEmial is no parameter: there are accountName, alertEmail, /),
    ]);
  });

  test('a certificate of another region is refused: CloudFront looks in us-east-1 alone', () => {
    const crlCertificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b';
    expect(faultsWith({ crlPublicHost: 'crl.example.com', crlCertificateArn })).toEqual([
      expect.stringContaining('us-east-1'),
    ]);
  });

  test.each(['prod', 'team-2', 'a'])('%s is a stage', (stage) => {
    expect(faultsWith({}, stage)).toEqual([]);
  });

  test.each(['Prod', '2nd', 'my stage', 'a-stage-too-long-for-names'])(
    '%s is no stage',
    (stage) => {
      expect(faultsWith({}, stage)).toHaveLength(1);
    },
  );

  test('a subnet of probeIpv6Subnets is one of probeSubnets, or a fault by its name', () => {
    const probeSubnets = 'subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719';
    const given = { probeSubnets, probeSecurityGroups: 'sg-0a1b2c3d4e5f60718' };
    expect(faultsWith({ ...given, probeIpv6Subnets: 'subnet-0a1b2c3d4e5f60719' })).toEqual([]);
    expect(faultsWith({ ...given, probeIpv6Subnets: 'subnet-0a1b2c3d4e5f60720' })).toEqual([
      expect.stringContaining('subnet-0a1b2c3d4e5f60720, which is not one of probeSubnets'),
    ]);
  });

  test('every fault comes at once, by the names that people gave', () => {
    const faults = faultsWith({ fall: 'x', mode: 'heal', watchSeconds: '', probeSubnets: 'vpc-1' });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).not.toContain('VPN_MEDIC_');
  });
});
