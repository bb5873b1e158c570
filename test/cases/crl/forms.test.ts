/** Goal: lists and certificates as real tools write them. Method: each file of the field cases through the reader and the rules. */
import { describe, expect, test } from '@jest/globals';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { input, judged, verdictOf } from './play.ts';

describe('20: cfssl writes another string type than the certificate, and bare base64', () => {
  const folder = '20-cfssl-gencrl-as-it-is-printed';

  test.each(['cf.der', 'cf.b64'])('%s is published', (file) => {
    expect(verdictOf(judged(`${folder}/${file}`, `${folder}/ca.pem`))).toBe('publish');
  });
});

test('22: the same CA with other software breaks the rule of its number, and no rule of names', () => {
  const folder = '22-ca-software-changed-name-other';
  const judgement = judged(`${folder}/next.crl`, `${folder}/ca.crt`, `${folder}/published.crl`);
  expect(verdictOf(judgement)).toBe('NumberNotAhead');
});

test('29: text before the block does not matter', () => {
  const folder = '29-text-before-the-block';
  expect(verdictOf(judged(`${folder}/text.pem`, `${folder}/ca.crt`))).toBe('publish');
});

describe('31: the certificate to pin', () => {
  const folder = '31-pinned-issuer-with-text-or-chain';

  test.each(['ca-text', 'ca-chain', 'ca-bom'])(
    '%s is read, and the list verified by it',
    (file) => {
      expect(verdictOf(judged(`${folder}/crl.pem`, `${folder}/${file}.pem`))).toBe('publish');
    },
  );

  test('as a chain pins every certificate, each by a name of its own', () => {
    const read = readIssuers({
      fileName: 'ca-chain.pem',
      bytes: input(`${folder}/ca-chain.pem`),
      mayUseWeakAlgorithms: false,
    });
    expect(read.map((one) => (one.ok ? one.issuer.fileName : one.why))).toEqual([
      'ca-chain.pem',
      'ca-chain.pem (certificate 2)',
    ]);
  });
});

describe('33: a key on a curve that easy-rsa offers', () => {
  const folder = '33-curve-not-supported-blames-the-pin';

  test.each(['bp', 'k1'])('%s is verified', (file) => {
    expect(verdictOf(judged(`${folder}/${file}.pem`, `${folder}/${file}.crt`))).toBe('publish');
  });
});
