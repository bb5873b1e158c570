/** What people reported of CRLs, as captures: each with what must be published, imported, held and notified, and nothing else. */
import { expect, test } from '@jest/globals';
import { expectTimeline, linesOf, playFile } from '../play.ts';

const ENDPOINT = 'cvpn-endpoint-0a';
const published = (at: string) => `${at} action done publish ca.crl`;
const warning = (at: string, what: string) => `${at} notified WARNING ${what}`;
const unfit = warning('+0:00', `CrlEndpointUnfit ${ENDPOINT}`);
const accepted = [published('+1:00')];
const twice = [published('+1:00'), published('+1440:00')];

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    '06-refused-list',
    'a list that loses one of five entries is published',
    [...twice, warning('+7530:00', 'CrlExpiring ca.crl')],
  ],
  ['17-small-list', 'a certificate that has expired leaves a small list', twice],
  [
    '17-imported',
    'both are imported into the endpoint that asks for the file',
    [
      unfit,
      published('+1:00'),
      `+1:00 action done import ${ENDPOINT}`,
      warning('+1:00', `CrlEndpointBehind ${ENDPOINT}`),
      `+15:00 notified RESOLVED CrlEndpointBehind ${ENDPOINT}`,
      published('+120:00'),
      `+120:00 action done import ${ENDPOINT}`,
      warning('+120:00', `CrlEndpointBehind ${ENDPOINT}`),
      `+135:00 notified RESOLVED CrlEndpointBehind ${ENDPOINT}`,
    ],
  ],
  ['20-cfssl-der', 'the issuer in another string type than in its certificate', accepted],
  ['20-cfssl-base64', 'bare base64', accepted],
  [
    '22-other-software',
    'the same CA with other software has to count on, and nothing else',
    [warning('+1:00', 'CrlNumberNotAhead ca.crl')],
  ],
  [
    '23-step-ca',
    'a distribution point of its own is a warning, and fits no endpoint',
    [unfit, published('+1:00'), warning('+1:00', 'CrlScopeNarrow ca.crl')],
  ],
  [
    '24-authority-key-other',
    'the key identifier of another key is refused',
    [unfit, warning('+1:00', 'CrlAuthorityKeyOther ca.crl')],
  ],
  ['27-for-cas-only', 'a list for CAs only fits no endpoint', [unfit, published('+1:00')]],
  [
    '28-distribution-point-added',
    'a distribution point that was not there is refused until it is allowed',
    [published('+1:00'), warning('+60:00', 'CrlDistributionPointOther ca.crl')],
  ],
  ['29-text-before-the-block', 'text before the block', accepted],
  ['31-pin-with-text', 'a pinned certificate after its text', accepted],
  ['31-pin-with-chain', 'a pinned chain', accepted],
  ['31-pin-with-bom', 'a pinned certificate after a byte order mark', accepted],
  ['33-curve-bp', 'brainpoolP256r1', accepted],
  ['33-curve-k1', 'secp256k1', accepted],
  ...['35-emptyexts', '35-reason-int', '35-reason7', '49-zero-serials'].map(
    (file) =>
      [
        file,
        'odd entries are published with a warning',
        [published('+1:00'), warning('+1:00', 'CrlEntryOdd ca.crl')],
      ] as const,
  ),
  [
    '36-held-list',
    'the published list nears its end',
    [...twice, warning('+7530:00', 'CrlExpiring ca.crl')],
  ],
  ['41-name-in-another-string-type', 'a name in another string type', accepted],
  [
    '41-issuer-unknown',
    'an unknown issuer is notified with the name of the file',
    [warning('+1:00', 'CrlIssuerUnknown vault.crl')],
  ],
  [
    '44-week',
    'a list of a week is a warning until its renewal shows how long it lives',
    [
      warning('+1470:00', `ClientCrlExpiring ${ENDPOINT}`),
      `+5790:00 notified RESOLVED ClientCrlExpiring ${ENDPOINT}`,
    ],
  ],
  [
    '44-day',
    'so is one of a day',
    [
      warning('+30:00', `ClientCrlExpiring ${ENDPOINT}`),
      `+1830:00 notified RESOLVED ClientCrlExpiring ${ENDPOINT}`,
    ],
  ],
];

test.each(CASES)('%s: %s', (file, _says, expected) =>
  expectTimeline(`crl/${file}.jsonl`, expected),
);

test('06: a list that loses seven of eight entries is one incident from its refusal to its end', async () => {
  const played = await playFile('crl/06-seven-of-eight-left.jsonl');
  expect(linesOf(played, ['action'])).toEqual(accepted);
  expect(linesOf(played, ['detected'])).toEqual([
    '+1440:00 detected critical CrlTooManyMissing ca.crl',
    '+7500:00 detected warning CrlExpiring ca.crl',
  ]);
  expect(linesOf(played, ['resolved'])).toEqual([]);
  const changes = linesOf(played, ['notified']).filter((_line, at) => {
    const title = played.timeline.filter(({ kind }) => kind === 'notified')[at]?.title ?? '';
    return !title.includes('STILL OPEN');
  });
  expect(changes).toEqual([
    '+1440:00 notified CRITICAL CrlTooManyMissing ca.crl',
    '+7500:00 notified WARNING CrlExpiring ca.crl',
    '+9015:00 notified CRITICAL CrlExpiring ca.crl',
    '+10020:00 notified CRITICAL CrlExpired ca.crl',
    '+10035:00 notified WARNING CrlNextUpdatePassed ca.crl',
  ]);
});

test('36, 41: an SMS says how long it is until the end, and which list waits', async () => {
  const sms = async (file: string, reason: string) =>
    (await playFile(`crl/${file}.jsonl`)).timeline.find(
      (one) => one.kind === 'notified' && one.reason === reason,
    );
  expect((await sms('41-issuer-unknown', 'CrlIssuerUnknown'))?.sms).toContain('vault.crl');
  const expiring = await sms('06-seven-of-eight-left', 'CrlExpiring');
  expect(expiring?.sms).toContain('expires in 1 d 18 h');
  expect(expiring?.text).toContain('vpn-medic crl allow ca.crl --for 1h --why REASON');
});
