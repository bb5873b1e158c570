/**
 * Goal: a list put into the inbox is what clients get, and what an endpoint goes by, over real HTTP all the way.
 * Method: the built function in a process of its own, against the emulator's S3, DynamoDB, SNS and (ours) Client VPN, with
 * a stand-in for the edge that runs the deployed edge function.
 */
import { randomUUID } from 'node:crypto';
import {
  CreateClientVpnEndpointCommand,
  EC2Client,
  ExportClientVpnClientCertificateRevocationListCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Authority, anAuthority, rsa } from '../crl/builders/authority.ts';
import {
  aList,
  anEntry,
  DAY_MS,
  type ListSpec,
  reasonCode,
  serials,
} from '../crl/builders/list.ts';
import { type Account, buildAccount } from './account/build.ts';
import { clientSettings } from './account/clients.ts';
import { type Listener, startListener } from './account/listener.ts';
import { REGION } from './account/options.ts';
import { type Edge, startEdge } from './crl/edge.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { type Container, startContainer } from './lambda/container.ts';
import { environmentOf } from './lambda/environment.ts';
import { until } from './pause.ts';

jest.setTimeout(300_000);

const INBOX = 'lab-crl';
const PUBLIC = 'lab-crl-public';
const REPLICA = 'lab-crl-replica';
const REPLICA_REGION = 'eu-central-1';

let emulator: Emulator;
let listener: Listener;
let account: Account;
let edge: Edge;
let container: Container;
let s3: S3Client;
let ca: Authority;

beforeAll(async () => {
  [emulator, listener] = await Promise.all([startEmulator(), startListener()]);
  account = await buildAccount(emulator.url, { groups: [] }, listener.url);
  s3 = new S3Client(clientSettings(emulator.url));
  const far = new S3Client({ ...clientSettings(emulator.url), region: REPLICA_REGION });
  for (const [client, Bucket, region] of [
    [s3, INBOX, REGION],
    [s3, PUBLIC, REGION],
    [far, REPLICA, REPLICA_REGION],
  ] as const) {
    await client.send(
      new CreateBucketCommand({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: region },
      }),
    );
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  ca = anAuthority(rsa('sha256'));
  await put('issuers/ca.crt', ca.certificate);
  edge = await startEdge(emulator.url, PUBLIC);
  container = await startContainer('publishCrl', environment());
});

const environment = () =>
  environmentOf('publishCrl', emulator.url, account, 'publishCrl', {
    CRL_BUCKET: INBOX,
    CRL_PUBLIC_BUCKET: PUBLIC,
    CRL_REPLICA_BUCKET: REPLICA,
    CRL_REPLICA_REGION: REPLICA_REGION,
    CRL_PUBLIC_URL: `${edge.url}/`,
  });

afterAll(async () => {
  await container?.kill();
  await edge?.close();
  await emulator?.stop();
  await listener?.close();
});

const put = (Key: string, Body: Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: INBOX, Key, Body }));

let listCount = 0;

/**
 * Signed now: the function has the machine's own clock. Each with one entry more, so that no two are the same bytes, which
 * two of one second would be: a list that is public under one name is refused under a second one.
 */
function list(spec: ListSpec = {}): Buffer {
  const thisUpdateAt = Date.now() - 60_000;
  listCount += 1;
  const entries = { serials: serials(listCount) };
  return aList(ca, { thisUpdateAt, nextUpdateAt: Date.now() + 7 * DAY_MS, ...entries, ...spec });
}

/** As S3 has EventBridge deliver it: the key is not URL-encoded. */
async function created(key: string): Promise<unknown> {
  const head = await s3.send(new HeadObjectCommand({ Bucket: INBOX, Key: key }));
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '123456789012',
    time: new Date().toISOString(),
    region: REGION,
    resources: [`arn:aws:s3:::${INBOX}`],
    detail: {
      version: '0',
      bucket: { name: INBOX },
      object: {
        key,
        size: head.ContentLength,
        etag: head.ETag?.replaceAll('"', ''),
        'version-id': head.VersionId,
        sequencer: Date.now().toString(16).toUpperCase().padStart(18, '0'),
      },
      reason: 'PutObject',
    },
  };
}

/** Put, announced, judged. */
async function upload(fileName: string, bytes: Buffer): Promise<unknown> {
  await put(`inbox/${fileName}`, bytes);
  return container.invoke(await created(`inbox/${fileName}`), 120_000);
}

const clientGets = async (fileName: string) => {
  const answer = await fetch(`${edge.url}/${fileName}`);
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), answer };
};

test('a list comes from the inbox to both buckets and to clients, and within 3 s once the function is warm', async () => {
  const first = list();
  expect(await upload('ca.crl', first)).toMatchObject({ findings: 0, actions: 1, looks: 1 });
  // The quickest of five: whatever else this machine does only adds.
  const took: number[] = [];
  let second = first;
  for (const number of [8n, 9n, 10n, 11n, 12n]) {
    second = list({ number });
    const startedAt = performance.now();
    await upload('ca.crl', second);
    took.push(performance.now() - startedAt);
  }
  const served = await clientGets('ca.crl');
  expect(served.bytes.equals(second)).toBe(true);
  expect(served.answer.headers.get('content-type')).toBe('application/pkix-crl');
  expect(served.answer.headers.get('cache-control')).toBe('public, max-age=3600');
  const far = new S3Client({ ...clientSettings(emulator.url), region: REPLICA_REGION });
  const copy = await far.send(new GetObjectCommand({ Bucket: REPLICA, Key: 'ca.crl' }));
  expect(second.equals((await copy.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  expect(Math.min(...took)).toBeLessThan(3_000);
});

test('an older list, a stranger’s, a damaged one and none at all leave what clients get as it was, and are told', async () => {
  const before = await clientGets('ca.crl');
  const stranger = anAuthority(rsa('sha256'), { commonName: 'Somebody else' });
  const bad = [
    list({ number: 7n }),
    aList(stranger, { number: 13n, thisUpdateAt: Date.now() }),
    list({ number: 13n }).subarray(0, 100),
    Buffer.from(''),
  ];
  for (const bytes of bad) expect(await upload('ca.crl', bytes)).toMatchObject({ held: 1 });
  expect((await clientGets('ca.crl')).bytes.equals(before.bytes)).toBe(true);
  const subjects = () => listener.received.map(({ subject }) => subject).join('\n');
  for (const reason of ['CrlNumberNotAhead', 'CrlIssuerUnknown', 'CrlNotDer']) {
    await until(`${reason} to be told`, () => subjects().includes(reason));
  }
});

test('a delta is served under its plus sign through the deployed edge function, and not without it', async () => {
  await upload('CA.crl', list());
  const delta = list({ number: 8n, baseNumber: 7n, serials: [9n] });
  expect(await upload('CA+.crl', delta)).toMatchObject({ actions: 1 });
  expect((await clientGets('CA+.crl')).bytes.equals(delta)).toBe(true);
  edge.setRewrite(false);
  expect((await clientGets('CA+.crl')).status).toBe(404);
  edge.setRewrite(true);
});

test('an endpoint that is tagged for it goes by the list, until active, and the notice says what it cost', async () => {
  const ec2 = new EC2Client(clientSettings(emulator.url));
  const made = await ec2.send(
    new CreateClientVpnEndpointCommand({
      ClientCidrBlock: '10.9.0.0/16',
      ServerCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
      AuthenticationOptions: [{ Type: 'certificate-authentication' }],
      ConnectionLogOptions: { Enabled: false },
      TagSpecifications: [
        {
          ResourceType: 'client-vpn-endpoint',
          Tags: [
            { Key: 'Name', Value: 'staff' },
            { Key: 'vpn-medic:crl', Value: 'staff.crl' },
          ],
        },
      ],
    }),
  );
  const ClientVpnEndpointId = made.ClientVpnEndpointId ?? '';
  await emulator.setEndpoint(REGION, ClientVpnEndpointId, {
    _sessions: ['a', 'b'].map((one) => ({ ConnectionId: one, Status: { Code: 'active' } })),
  });
  await upload('staff.crl', list());
  const exported = await ec2.send(
    new ExportClientVpnClientCertificateRevocationListCommand({ ClientVpnEndpointId }),
  );
  expect(exported.Status?.Code).toBe('active');
  expect(exported.CertificateRevocationList).toContain('-----BEGIN X509 CRL-----');
  await until('the import to be told', () =>
    listener.received.some(({ text }) => text.includes('2 live connections were reset')),
  );
});

test('names with spaces, percent signs and brackets are served under themselves; folders and unicode are refused', async () => {
  for (const name of ['Example CA(1).crl', 'CA%2B.crl']) {
    const bytes = list();
    expect(await upload(name, bytes)).toMatchObject({ actions: 1 });
    expect((await clientGets(encodeURIComponent(name))).bytes.equals(bytes)).toBe(true);
  }
  for (const name of ['sub/ca.crl', 'Prüfstelle.crl', '..']) {
    expect(await upload(name, list())).not.toMatchObject({ actions: 1 });
  }
});

test('500,000 entries beside as many published go out within the function’s 512 MB, the byte limit raised', async () => {
  const big = await startContainer('publishCrl', {
    ...environment(),
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
      await put('inbox/big.crl', list({ number, entries: [all, anEntry(number, code)] }));
      const event = await created('inbox/big.crl');
      expect(await big.invoke(event, 280_000)).not.toHaveProperty('ignored');
    }
    const head = await s3.send(new HeadObjectCommand({ Bucket: PUBLIC, Key: 'big.crl' }));
    expect(head.Metadata).toMatchObject({ number: '8' });
    console.log(`500,000 entries twice: ${Math.round(big.peakMib())} MiB at most`);
    expect(big.peakMib()).toBeLessThan(512);
  } finally {
    await big.kill();
  }
});
