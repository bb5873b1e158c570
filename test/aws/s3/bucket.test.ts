/** Goal: S3's answers become ours. Method: the SDK's own client against a local server that answers as S3 does. */
import { describe, expect, test } from '@jest/globals';
import { bucketPort } from '../../../lib/aws/s3/bucket.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { type Answer, localAws, xml } from '../localAws.ts';

const aws = localAws();
const calm = new AbortController().signal;
const port = () => bucketPort('lists', 'eu-west-1', systemClock);
const SHA = 'a'.repeat(64);

const body =
  (bytes: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response
      .writeHead(200, { etag: '"e1"', 'content-length': String(bytes.length), ...headers })
      .end(bytes);
const fault = (code: string, status: number): Answer =>
  xml(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`, status);
/** HEAD has no body to say more. */
const bare =
  (status: number): Answer =>
  (response) =>
    response.writeHead(status).end();

describe('read', () => {
  const read = (octetsMax = 100) =>
    port().read({ key: 'a+b.crl', versionId: null }, octetsMax, calm);

  test('a whole object, its ETag without quotes, its version', async () => {
    aws.answers(body('bytes', { 'x-amz-version-id': 'v1' }));
    expect(await read()).toMatchObject({
      known: true,
      value: { bytes: Buffer.from('bytes'), etag: 'e1', octets: 5, versionId: 'v1', sha256: null },
    });
  });

  test.each([
    [5, true],
    [4, false],
  ])('5 bytes with a limit of %d: read %s', async (octetsMax, isRead) => {
    aws.answers(body('bytes'));
    expect(await read(octetsMax)).toMatchObject({
      known: true,
      value: { octets: 5, bytes: isRead ? Buffer.from('bytes') : null },
    });
  });

  test.each(['NoSuchKey', 'NoSuchVersion'])('%s is nothing there', async (code) => {
    aws.answers(fault(code, 404));
    expect(await read()).toMatchObject({ known: true, value: null });
  });

  test.each([
    ['NoSuchBucket', 404],
    ['AccessDenied', 403],
    ['InternalError', 500],
    ['SlowDown', 503],
  ])('%s is not nothing: it is unknown', async (code, status) => {
    aws.answers(fault(code, status));
    expect(await read()).toMatchObject({
      known: false,
      why: expect.stringContaining('lists/a+b.crl'),
    });
  });
});

describe('facts', () => {
  test('S3’s checksum, as hex', async () => {
    const checksum = Buffer.from(SHA, 'hex').toString('base64');
    aws.answers(body('', { 'x-amz-checksum-sha256': checksum }));
    expect(await port().facts('a', calm)).toMatchObject({ known: true, value: { sha256: SHA } });
  });

  test('without it, what we wrote beside', async () => {
    aws.answers(body('', { 'x-amz-meta-sha256': SHA }));
    expect(await port().facts('a', calm)).toMatchObject({ known: true, value: { sha256: SHA } });
  });

  test('404 is nothing there, 403 is unknown', async () => {
    aws.answers(bare(404));
    expect(await port().facts('a', calm)).toMatchObject({ known: true, value: null });
    aws.answers(bare(403));
    expect(await port().facts('a', calm)).toMatchObject({ known: false });
  });
});

describe('list', () => {
  const page = (keys: readonly string[], next: string | null) =>
    xml(
      `<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>${next !== null}</IsTruncated>${next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}${keys.map((key) => `<Contents><Key>${key}</Key><ETag>"e"</ETag><Size>1</Size><LastModified>2026-11-20T12:00:00.000Z</LastModified></Contents>`).join('')}</ListBucketResult>`,
    );

  test('of an answer without its bucket is unknown, not empty', async () => {
    aws.answers(xml(''), xml('<?xml version="1.0"?><ListBucketResult></ListBucketResult>'));
    expect(await port().list('inbox/', 10, calm)).toMatchObject({ known: false });
    expect(await port().list('inbox/', 10, calm)).toMatchObject({ known: false });
  });

  test('every page', async () => {
    aws.answers(page(['inbox/a', 'inbox/b'], 'more'), page(['inbox/c'], null));
    expect(await port().list('inbox/', 10, calm)).toMatchObject({
      known: true,
      value: {
        isWhole: true,
        objects: [
          { key: 'inbox/a', etag: 'e', octets: 1, modifiedAt: Date.UTC(2026, 10, 20, 12) },
          { key: 'inbox/b' },
          { key: 'inbox/c' },
        ],
      },
    });
  });

  test('up to the limit, and says that there are more', async () => {
    aws.answers(page(['inbox/a', 'inbox/b'], 'more'));
    expect(await port().list('inbox/', 2, calm)).toMatchObject({
      known: true,
      value: { isWhole: false },
    });
  });

  test('a page that fails makes it unknown, not shorter', async () => {
    aws.answers(page(['inbox/a'], 'more'), fault('AccessDenied', 403));
    expect(await port().list('inbox/', 10, calm)).toMatchObject({ known: false });
  });
});

test('versions: of this key alone, the newest first', async () => {
  const version = (key: string, id: string, day: number) =>
    `<Version><Key>${key}</Key><VersionId>${id}</VersionId><ETag>"${id}"</ETag><Size>1</Size><LastModified>2026-11-${day}T12:00:00.000Z</LastModified></Version>`;
  aws.answers(
    xml(
      `<?xml version="1.0"?><ListVersionsResult><Name>b</Name>${version('inbox/a', 'old', 18)}${version('inbox/a', 'new', 20)}${version('inbox/a.bak', 'x', 21)}</ListVersionsResult>`,
    ),
  );
  const reading = await port().versions('inbox/a', 4, calm);
  expect(reading.known && reading.value.objects.map(({ versionId }) => versionId)).toEqual([
    'new',
    'old',
  ]);
});

describe('put', () => {
  const put = (overEtag: string | null) =>
    port().put(
      {
        key: 'ca.crl',
        bytes: Buffer.from('x'),
        sha256: SHA,
        overEtag,
        contentType: 'application/pkix-crl',
        cacheControl: 'max-age=1',
        metadata: { number: '7' },
      },
      calm,
    );
  const headersOf = async (overEtag: string | null) => {
    let headers: Readonly<Record<string, unknown>> = {};
    aws.answers((response, request) => {
      headers = request.headers;
      response.writeHead(200, { etag: '"e2"' }).end();
    });
    expect(await put(overEtag)).toEqual({ kind: 'written', etag: 'e2' });
    return headers;
  };

  test('over what was seen, or only where nothing is, with its checksum', async () => {
    const checksum = { 'x-amz-checksum-sha256': Buffer.from(SHA, 'hex').toString('base64') };
    expect(await headersOf('e1')).toMatchObject({ 'if-match': '"e1"', ...checksum });
    expect(await headersOf(null)).toMatchObject({ 'if-none-match': '*', ...checksum });
  });

  test.each([
    ['PreconditionFailed', 412, 'changed'],
    ['ConditionalRequestConflict', 409, 'changed'],
    ['NoSuchKey', 404, 'changed'],
    ['AccessDenied', 403, 'refused'],
    ['NoSuchBucket', 404, 'refused'],
    ['BadDigest', 400, 'refused'],
    ['InternalError', 500, 'unclear'],
  ])('%s: %d is %s', async (code, status, kind) => {
    aws.answers(fault(code, status));
    expect(await put('e1')).toMatchObject({ kind });
  });
});
