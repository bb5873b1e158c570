/** Goal: a capture holds the files of the CRL buckets, whole or none, and replays what the publisher would do with them. Method: simulated buckets beside a made-up account. */
import { expect, test } from '@jest/globals';
import type { CaptureOptions } from '../../../lib/cli/capture.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { SimBucket } from '../../../lib/simulator/crl/bucket.ts';
import { parseCapture } from '../../cases/parse.ts';
import { linesOf, playCaptures } from '../../cases/play.ts';
import { anAuthority } from '../../crl/builders/authority.ts';
import { aList, NOW, serials } from '../../crl/builders/list.ts';
import { smallOffice } from '../../examples/accounts/smallOffice.ts';
import { clientsOf } from '../../examples/serve.ts';
import { takeCapture } from './take.ts';

const ca = anAuthority();
const BOTH = { crlBuckets: 'in, out' };
const OFFICE = smallOffice({ account: '111122223333', region: 'eu-central-1', at: NOW });

function buckets() {
  const clock = new VirtualClock(NOW);
  const source = new SimBucket(clock);
  const published = new SimBucket(clock);
  source.drop('issuers/ca.pem', ca.certificate);
  published.drop('ca.crl', aList(ca, { number: 7n, serials: serials(8) }));
  source.drop('inbox/ca.crl', aList(ca, { number: 8n, serials: serials(1) }));
  return { source, published };
}

async function taken(options: Partial<CaptureOptions>, { source, published } = buckets()) {
  const said = await takeCapture(
    { region: OFFICE.region, probes: true, ...options },
    () => (onCall) => ({
      ...clientsOf(OFFICE)(onCall),
      bucket: async (_region, name) => (name === 'in' ? source : published),
    }),
    { at: NOW },
  );
  return { ...said, parsed: parseCapture(said.out) };
}

test('inbox, issuers and published files are in it, and the replay refuses what the publisher refuses', async () => {
  const { parsed } = await taken(BOTH);
  const objects = parsed.answers.filter(({ service }) => service === 's3');
  expect(objects.map(({ input }) => [input['Bucket'], input['Key']].join(' '))).toEqual([
    'inbox ca.crl',
    'issuers ca.pem',
    'public ca.crl',
  ]);
  const played = await playCaptures([parsed]);
  expect(linesOf(played).map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'notified CRITICAL CrlTooManyMissing ca.crl',
  ]);
});

test('a bucket that cannot be listed leaves all of them out, and says so', async () => {
  const all = buckets();
  all.published.failure = (call) => (call === 'list' ? 'fails' : 'fine');
  const { parsed, err } = await taken(BOTH, all);
  expect(parsed.answers.filter(({ service }) => service === 's3')).toEqual([]);
  expect(err).toContain('the CRL buckets are left out: ');
});

test('without --crl-buckets no bucket is opened; one name, and --anonymise, are refused', async () => {
  const { parsed } = await taken({});
  expect(parsed.answers.filter(({ service }) => service === 's3')).toEqual([]);
  await expect(taken({ crlBuckets: 'in' })).rejects.toThrow('two names');
  await expect(taken({ ...BOTH, anonymise: true })).rejects.toThrow('names its authority');
});
