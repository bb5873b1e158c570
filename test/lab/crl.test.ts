/**
 * Goal: a list put into the inbox is what clients get, and what an endpoint goes by, over real HTTP all the way.
 * Method: the built function in a process of its own, against the emulator's S3, DynamoDB, SNS and (ours) Client VPN, with
 * a stand-in for the edge that runs the deployed edge function.
 */
import {
  EC2Client,
  ExportClientVpnClientCertificateRevocationListCommand,
} from '@aws-sdk/client-ec2';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { anAuthority, rsa } from '../crl/builders/authority.ts';
import { aList, anEntry, reasonCode } from '../crl/builders/list.ts';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { openPublisher, PUBLIC, type Publisher, REPLICA, REPLICA_REGION } from './crl/publisher.ts';
import { startContainer } from './lambda/container.ts';
import { until } from './pause.ts';

jest.setTimeout(300_000);

let lab: Publisher;
beforeAll(async () => {
  lab = await openPublisher();
});
afterAll(() => lab?.close());

const clientGets = async (fileName: string) => {
  const answer = await fetch(`${lab.edge.url}/${fileName}`);
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), answer };
};

test('a list comes from the inbox to both buckets and to clients, and within 3 s once the function is warm', async () => {
  const first = lab.list();
  expect(await lab.upload('ca.crl', first)).toMatchObject({ findings: 0, actions: 1, looks: 1 });
  // The quickest of five: whatever else this machine does only adds.
  const took: number[] = [];
  let second = first;
  for (const number of [8n, 9n, 10n, 11n, 12n]) {
    second = lab.list({ number });
    const startedAt = performance.now();
    await lab.upload('ca.crl', second);
    took.push(performance.now() - startedAt);
  }
  const served = await clientGets('ca.crl');
  expect(served.bytes.equals(second)).toBe(true);
  expect(served.answer.headers.get('content-type')).toBe('application/pkix-crl');
  expect(served.answer.headers.get('cache-control')).toBe('public, max-age=3600');
  const far = new S3Client({ ...clientSettings(lab.emulator.url), region: REPLICA_REGION });
  const copy = await far.send(new GetObjectCommand({ Bucket: REPLICA, Key: 'ca.crl' }));
  expect(second.equals((await copy.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  expect(Math.min(...took)).toBeLessThan(3_000);
});

test('an older list, a stranger’s, a damaged one and none at all leave what clients get as it was, and are told', async () => {
  const before = await clientGets('ca.crl');
  const stranger = anAuthority(rsa('sha256'), { commonName: 'Somebody else' });
  const bad = [
    lab.list({ number: 7n }),
    aList(stranger, { number: 13n, thisUpdateAt: Date.now() }),
    lab.list({ number: 13n }).subarray(0, 100),
    Buffer.from(''),
  ];
  for (const bytes of bad) expect(await lab.upload('ca.crl', bytes)).toMatchObject({ held: 1 });
  expect((await clientGets('ca.crl')).bytes.equals(before.bytes)).toBe(true);
  const subjects = () => lab.listener.received.map(({ subject }) => subject).join('\n');
  for (const reason of ['CrlNumberNotAhead', 'CrlIssuerUnknown', 'CrlNotDer']) {
    await until(`${reason} to be told`, () => subjects().includes(reason));
  }
});

test('a delta is served under its plus sign through the deployed edge function, and not without it', async () => {
  await lab.upload('CA.crl', lab.list());
  const delta = lab.list({ number: 8n, baseNumber: 7n, serials: [9n] });
  expect(await lab.upload('CA+.crl', delta)).toMatchObject({ actions: 1 });
  expect((await clientGets('CA+.crl')).bytes.equals(delta)).toBe(true);
  lab.edge.setRewrite(false);
  expect((await clientGets('CA+.crl')).status).toBe(404);
  lab.edge.setRewrite(true);
});

test('an endpoint that is tagged for it goes by the list, until active, and the notice says what it cost', async () => {
  const ec2 = new EC2Client(clientSettings(lab.emulator.url));
  const ClientVpnEndpointId = await lab.createEndpoint({
    Name: 'staff',
    'vpn-medic:crl': 'staff.crl',
  });
  await lab.emulator.setEndpoint(REGION, ClientVpnEndpointId, {
    _sessions: ['a', 'b'].map((one) => ({ ConnectionId: one, Status: { Code: 'active' } })),
  });
  await lab.upload('staff.crl', lab.list());
  const exported = await ec2.send(
    new ExportClientVpnClientCertificateRevocationListCommand({ ClientVpnEndpointId }),
  );
  expect(exported.Status?.Code).toBe('active');
  expect(exported.CertificateRevocationList).toContain('-----BEGIN X509 CRL-----');
  await until('the import to be told', () =>
    lab.listener.received.some(({ text }) => text.includes('2 live connections were reset')),
  );
});

test('names with spaces, percent signs and brackets are served under themselves; folders and unicode are refused', async () => {
  for (const name of ['Example CA(1).crl', 'CA%2B.crl']) {
    const bytes = lab.list();
    expect(await lab.upload(name, bytes)).toMatchObject({ actions: 1 });
    expect((await clientGets(encodeURIComponent(name))).bytes.equals(bytes)).toBe(true);
  }
  for (const name of ['sub/ca.crl', 'Prüfstelle.crl', '..']) {
    expect(await lab.upload(name, lab.list())).not.toMatchObject({ actions: 1 });
  }
});

test('500,000 entries beside as many published go out within the function’s 512 MB, the byte limit raised', async () => {
  const big = await startContainer('publishCrl', {
    ...lab.environment(),
    VPN_MEDIC_CRL_MIB_MAX: '32',
    // As in deploy/publishCrl.yml.
    NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=160',
  });
  try {
    const code = reasonCode(1);
    const all = Buffer.concat(
      Array.from({ length: 500_000 }, (_, i) => anEntry(2n ** 126n + BigInt(i) * 7_919n, code)),
    );
    for (const number of [7n, 8n]) {
      await lab.put('inbox/big.crl', lab.list({ number, entries: [all, anEntry(number, code)] }));
      const event = await lab.created('inbox/big.crl');
      expect(await big.invoke(event, 280_000)).not.toHaveProperty('ignored');
    }
    const head = await lab.s3.send(new HeadObjectCommand({ Bucket: PUBLIC, Key: 'big.crl' }));
    expect(head.Metadata).toMatchObject({ number: '8' });
    console.log(`500,000 entries twice: ${Math.round(big.peakMib())} MiB at most`);
    expect(big.peakMib()).toBeLessThan(512);
  } finally {
    await big.kill();
  }
});
