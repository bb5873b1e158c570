/** Goal: `vpn-medic crl check` says what the publisher would do. Method: the command on the files of the field cases. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { cli } from '../../cli/open.ts';
import { CASE_NOW } from './play.ts';

const at = (path: string): string => fileURLToPath(new URL(`inputs/${path}`, import.meta.url));

const check = (list: string, issuer: string, ...more: readonly string[]) =>
  cli(['crl', 'check', at(list), '--issuer', at(issuer), '--as', 'ca.crl', ...more], {
    clock: new VirtualClock(CASE_NOW),
  });

test('27: a list for CAs only does not fit an endpoint, and the reason is said', async () => {
  const folder = '27-crl-check-says-fits-endpoint';
  const { out } = await check(`${folder}/cas.crl`, `${folder}/ca.crt`);
  expect(out).toContain(
    "does not fit an endpoint: its distribution point leaves out users' certificates",
  );
});

describe('23: a distribution point', () => {
  const folder = '23-step-ca-default-distribution-point';

  test('that names another address than the published one is a warning, and fits no endpoint', async () => {
    const { exit, out } = await check(
      `${folder}/step.crl`,
      `${folder}/step.crt`,
      '--address',
      'http://crl.example.com/ca.crl',
    );
    expect(exit).toBe(0);
    expect(out).toContain('ScopeNarrow');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'does not fit an endpoint: its distribution point says',
    );
  });

  test('whose address is not known here is a warning, too', async () => {
    const { out } = await check(`${folder}/step.crl`, `${folder}/step.crt`);
    expect(out).toContain('ScopeNarrow');
  });
});

test('49: entries of serial number 0 are counted in a warning', async () => {
  const { exit, out } = await check('49-zero-serials/ca.crl', '49-zero-serials/ca.crt');
  expect([exit, out.replaceAll(/\s+/g, ' ')]).toEqual([
    0,
    expect.stringContaining('3 of 4 entries'),
  ]);
});

test.each(['ca-text', 'ca-chain', 'ca-bom'])('31: the issuer %s is read', async (name) => {
  const folder = '31-pinned-issuer-with-text-or-chain';
  const { exit } = await check(`${folder}/crl.pem`, `${folder}/${name}.pem`);
  expect(exit).toBe(0);
});

test('20: bare base64 is read', async () => {
  const folder = '20-cfssl-gencrl-as-it-is-printed';
  expect((await check(`${folder}/cf.b64`, `${folder}/ca.pem`)).exit).toBe(0);
});
