/** The EC2 client: an answer that is not whole is refused, since an empty page would read as "there is nothing". */
import { EC2Client } from '@aws-sdk/client-ec2';
import { type CallHook, delays, hooked } from '../client.ts';

/** Each answer of HTTP 2xx must have the operation's root element and a request id: else the call fails as lost. */
export function ec2Client(
  region: string,
  onCall: CallHook | undefined,
  ...times: Parameters<typeof delays>
): EC2Client {
  const client = new EC2Client({ region, ...delays(...times) });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const { response } = result;
        if (!isHttp(response) || response.statusCode >= 300) return result;
        const body = await bytesOf(response.body);
        const operation = commandName.replace(/Command$/, '');
        if (!isWhole({ headers: response.headers, body }, operation)) {
          throw new IncompleteAnswer(operation, response.statusCode);
        }
        // The SDK parses bytes as well as a stream, which can be read only once.
        Object.assign(response, { body });
        return result;
      },
    // After the SDK's own steps on the way out, so before its parser on the way in.
    { step: 'deserialize', priority: 'low', name: 'wholeAnswer' },
  );
  return hooked(client, onCall);
}

/** Nothing may be concluded from it. */
class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
  /** As the SDK marks errors that came with an answer: it counts as a lost one. */
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(operation: string, httpStatusCode: number) {
    super(`the answer to ${operation} lacks its root element or its request id`);
    this.$metadata = { httpStatusCode };
  }
}

interface Http {
  readonly statusCode: number;
  readonly headers: object;
  readonly body: AsyncIterable<unknown>;
}

interface Whole {
  readonly headers: object;
  readonly body: Buffer;
}

const isHttp = (response: unknown): response is Http =>
  typeof response === 'object' &&
  response !== null &&
  typeof Reflect.get(response, 'statusCode') === 'number' &&
  typeof Reflect.get(response, 'headers') === 'object' &&
  isStream(Reflect.get(response, 'body'));

const isStream = (body: unknown): body is AsyncIterable<unknown> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

function isWhole({ headers, body }: Whole, operation: string): boolean {
  const head = body.subarray(0, HEAD_BYTES).toString('utf8');
  const root = /<(?![?!])(?<name>[\w:-]+)/.exec(head)?.groups?.['name'];
  const isNamed = 'x-amzn-requestid' in headers || body.includes('<requestId>');
  const isClosed = head.trimEnd().endsWith('/>') || body.includes(`</${operation}Response>`);
  return root === `${operation}Response` && isNamed && isClosed;
}

const HEAD_BYTES = 512;
