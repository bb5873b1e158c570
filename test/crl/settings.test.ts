/** Goal: the publisher's settings are valid as a whole, or every fault is listed beside those of the common settings. */
import { expect, test } from '@jest/globals';
import { ConfigError, readPublisherSettings, readSettings } from '../../lib/settings.ts';

const common = {
  AWS_REGION: 'eu-west-1',
  VPN_MEDIC_STATE_TABLE: 'table',
  VPN_MEDIC_ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alerts',
};
const whole = { ...common, VPN_MEDIC_CRL_BUCKET: 'in-1', VPN_MEDIC_CRL_PUBLIC_BUCKET: 'out-1' };

test('two buckets are enough', () => {
  expect(readPublisherSettings(whole).crl).toEqual({
    bucket: 'in-1',
    publicBucket: 'out-1',
    replica: null,
    publicUrl: null,
    replicaUrl: null,
    octetsMax: 10 * 1_024 * 1_024,
    importWindow: null,
  });
});

test('everything that may be set', () => {
  const { crl } = readPublisherSettings({
    ...whole,
    VPN_MEDIC_CRL_REPLICA_BUCKET: 'far-1',
    VPN_MEDIC_CRL_REPLICA_REGION: 'eu-central-1',
    VPN_MEDIC_CRL_PUBLIC_URL: 'http://crl.example.com/',
    VPN_MEDIC_CRL_MIB_MAX: '32',
    VPN_MEDIC_CRL_IMPORT_WINDOW: 'Sun 02:00-04:00',
  });
  expect(crl).toMatchObject({
    replica: { bucket: 'far-1', region: 'eu-central-1' },
    publicUrl: 'http://crl.example.com/',
    octetsMax: 32 * 1_024 * 1_024,
    importWindow: { day: 0, fromMinute: 120, toMinute: 240 },
  });
});

test('the other functions need no CRL setting', () => {
  expect(readSettings(common).stateTable).toBe('table');
});

test('every fault is listed in one error, those of the common settings too', () => {
  const faults = (() => {
    try {
      readPublisherSettings({
        AWS_REGION: 'eu-west-1',
        VPN_MEDIC_CRL_PUBLIC_BUCKET: 'No_Bucket',
        VPN_MEDIC_CRL_REPLICA_BUCKET: 'far-1',
        VPN_MEDIC_CRL_PUBLIC_URL: 'ftp://x/',
        VPN_MEDIC_CRL_MIB_MAX: '33',
        VPN_MEDIC_CRL_IMPORT_WINDOW: 'at night',
      });
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
    }
    return [];
  })();
  const names = faults.map((fault) => /^VPN_MEDIC_\w+/.exec(fault)?.[0] ?? fault);
  expect(new Set(names)).toEqual(
    new Set([
      'VPN_MEDIC_ALERTS_TOPIC_ARN',
      'VPN_MEDIC_CRL_BUCKET',
      'VPN_MEDIC_CRL_IMPORT_WINDOW',
      'VPN_MEDIC_CRL_MIB_MAX',
      'VPN_MEDIC_CRL_PUBLIC_BUCKET',
      'VPN_MEDIC_CRL_PUBLIC_URL',
      'VPN_MEDIC_CRL_REPLICA_BUCKET',
      'VPN_MEDIC_STATE_TABLE',
    ]),
  );
});

test('one bucket for both is refused: the CA host must not have access to the published CRLs', () => {
  expect(() => readPublisherSettings({ ...whole, VPN_MEDIC_CRL_PUBLIC_BUCKET: 'in-1' })).toThrow(
    'the CA host must not have access',
  );
});
