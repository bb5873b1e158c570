/**
 * The public address of the lab. OURS, a stand-in for CloudFront before S3: it runs the very function that is deployed
 * at the edge, reads a bare `+` in a path as a space as S3 does, and gets the object from the emulator's bucket.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { runInNewContext } from 'node:vm';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientSettings } from '../account/clients.ts';
import { freePort } from '../ports.ts';

export interface Edge {
  readonly url: string;
  /** False: the deployed function is not asked, as before it was there. */
  setRewrite(isOn: boolean): void;
  close(): Promise<void>;
}

const TEMPLATE = new URL('../../../deploy/crlDistribution.yml', import.meta.url);

/** The code under `FunctionCode: |`, as it stands in the template. */
function edgeFunction(): (event: { readonly request: { uri: string } }) => { uri: string } {
  const text = readFileSync(TEMPLATE, 'utf8');
  const code = /FunctionCode: \|\n((?: {8}.*\n)+)/.exec(text)?.[1];
  if (code === undefined) throw new Error('crlDistribution.yml has no FunctionCode');
  const made: unknown = runInNewContext(`${code}\nhandler`);
  if (typeof made !== 'function') throw new Error('the function at the edge has no handler');
  return (event) => made(event);
}

export async function startEdge(emulatorUrl: string, bucket: string): Promise<Edge> {
  const s3 = new S3Client(clientSettings(emulatorUrl));
  const rewrite = edgeFunction();
  let isOn = true;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = { uri: request.url ?? '/' };
    const { uri } = isOn ? rewrite({ request: asked }) : asked;
    const Key = decodeURIComponent(uri.slice(1).replaceAll('+', ' '));
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const body = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
      response.writeHead(200, {
        'content-type': object.ContentType ?? '',
        'cache-control': object.CacheControl ?? '',
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error/>');
    }
  };
  const server = createServer((request, response) => void serve(request, response));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    setRewrite: (wanted) => {
      isOn = wanted;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
