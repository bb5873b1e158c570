/** The deployed publisher in the lab: the built function in a process of its own, its buckets in the emulator, a CA, and the edge that clients ask. */
import { randomUUID } from 'node:crypto';
import { CreateClientVpnEndpointCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Authority, anAuthority, rsa } from '../../crl/builders/authority.ts';
import { aList, DAY_MS, type ListSpec, serials } from '../../crl/builders/list.ts';
import { buildAccount } from '../account/build.ts';
import { clientSettings } from '../account/clients.ts';
import { type Listener, startListener } from '../account/listener.ts';
import { REGION } from '../account/options.ts';
import { type Emulator, startEmulator } from '../emulator/start.ts';
import { type Place, startContainer } from '../lambda/container.ts';
import { environmentOf } from '../lambda/environment.ts';
import { type Edge, startEdge } from './edge.ts';

export const INBOX = 'lab-crl';
export const PUBLIC = 'lab-crl-public';
export const REPLICA = 'lab-crl-replica';
export const REPLICA_REGION = 'eu-central-1';

/** The function in a process of its own. */
export interface Publishing {
  /** Put, announced, judged. */
  upload(fileName: string, bytes: Buffer): Promise<unknown>;
  /** As the schedule asks for it. */
  look(): Promise<unknown>;
  kill(): Promise<void>;
}

export interface Publisher extends Publishing {
  readonly emulator: Emulator;
  readonly listener: Listener;
  readonly edge: Edge;
  readonly s3: S3Client;
  readonly ca: Authority;
  /** The whole environment of the function. */
  environment(): Readonly<Record<string, string>>;
  /** A list of the CA, signed now; no two have the same bytes. */
  list(spec?: ListSpec): Buffer;
  put(key: string, body: Buffer): Promise<unknown>;
  /** As S3 has EventBridge deliver it: the key is not URL-encoded. */
  created(key: string): Promise<unknown>;
  /** A Client VPN endpoint with these tags; its id. */
  createEndpoint(tags: Readonly<Record<string, string>>): Promise<string>;
  /** Of another bundle than the one of the last build. */
  start(bundle: string): Promise<Publishing>;
  close(): Promise<void>;
}

/** `apiUrl`: where the function's calls go, of an emulator at that address; absent: to the emulator itself. */
export async function openPublisher(
  apiUrl: (emulatorUrl: string) => Promise<string> = async (url) => url,
): Promise<Publisher> {
  const [emulator, listener] = await Promise.all([startEmulator(), startListener()]);
  const account = await buildAccount(emulator.url, { groups: [] }, listener.url);
  const s3 = new S3Client(clientSettings(emulator.url));
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
  const ca = anAuthority(rsa('sha256'));
  const put = (Key: string, Body: Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: INBOX, Key, Body }));
  await put('issuers/ca.crt', ca.certificate);
  const edge = await startEdge(emulator.url, PUBLIC);
  const url = await apiUrl(emulator.url);
  const environment = () =>
    environmentOf('publishCrl', url, account, 'publishCrl', {
      CRL_BUCKET: INBOX,
      CRL_PUBLIC_BUCKET: PUBLIC,
      CRL_REPLICA_BUCKET: REPLICA,
      CRL_REPLICA_REGION: REPLICA_REGION,
      CRL_PUBLIC_URL: `${edge.url}/`,
    });
  const created = async (key: string) => {
    const head = await s3.send(new HeadObjectCommand({ Bucket: INBOX, Key: key }));
    return arrival(key, head);
  };
  const start = async (place: Place): Promise<Publishing> => {
    const container = await startContainer('publishCrl', environment(), place);
    return {
      async upload(fileName, bytes) {
        await put(`inbox/${fileName}`, bytes);
        return container.invoke(await created(`inbox/${fileName}`), INVOCATION_MS);
      },
      look: () => container.invoke({ source: 'aws.events' }, INVOCATION_MS),
      kill: container.kill,
    };
  };
  const own = await start({});
  let listCount = 0;
  return {
    ...own,
    emulator,
    listener,
    edge,
    s3,
    ca,
    environment,
    // Signed now: the function has the machine's own clock. Each with one entry more, so that no two are the same bytes,
    // which two of one second would be: a list that is public under one name is refused under a second one.
    list(spec = {}) {
      const thisUpdateAt = Date.now() - 60_000;
      listCount += 1;
      const entries = { serials: serials(listCount) };
      return aList(ca, {
        thisUpdateAt,
        nextUpdateAt: Date.now() + 7 * DAY_MS,
        ...entries,
        ...spec,
      });
    },
    put,
    created,
    createEndpoint: (tags) => createEndpoint(emulator.url, tags),
    start: (bundle) => start({ bundle }),
    async close() {
      await own.kill();
      await edge.close();
      await emulator.stop();
      await listener.close();
    },
  };
}

async function createEndpoint(
  url: string,
  tags: Readonly<Record<string, string>>,
): Promise<string> {
  const made = await new EC2Client(clientSettings(url)).send(
    new CreateClientVpnEndpointCommand({
      ClientCidrBlock: '10.9.0.0/16',
      ServerCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
      AuthenticationOptions: [{ Type: 'certificate-authentication' }],
      ConnectionLogOptions: { Enabled: false },
      TagSpecifications: [
        {
          ResourceType: 'client-vpn-endpoint',
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
      ],
    }),
  );
  return made.ClientVpnEndpointId ?? '';
}

const INVOCATION_MS = 120_000;

const arrival = (
  key: string,
  head: {
    readonly ContentLength?: number | undefined;
    readonly ETag?: string | undefined;
    readonly VersionId?: string | undefined;
  },
): unknown => ({
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
});
