/** What CloudFormation says of a stack in the emulator. Its client is no dependency of ours: the two calls are made by hand. */

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** Empty: there is no such stack. */
export async function stackResources(
  url: string,
  stack: string,
): Promise<readonly StackResource[]> {
  const resources: StackResource[] = [];
  let token: string | null = null;
  do {
    const xml: string = await call(url, {
      Action: 'ListStackResources',
      StackName: stack,
      ...(token === null ? {} : { NextToken: token }),
    });
    for (const [member = ''] of xml.matchAll(/<member>.*?<\/member>/gs)) {
      resources.push({
        logicalId: textOf(member, 'LogicalResourceId') ?? '',
        physicalId: textOf(member, 'PhysicalResourceId') ?? '',
        type: textOf(member, 'ResourceType') ?? '',
      });
    }
    token = textOf(xml, 'NextToken');
  } while (token !== null);
  return resources;
}

async function call(url: string, params: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The emulator reads the service off the signature, and does not check it.
      authorization:
        'AWS4-HMAC-SHA256 Credential=lab/20260101/eu-west-1/cloudformation/aws4_request, SignedHeaders=host, Signature=lab',
    },
    body: new URLSearchParams({ Version: '2010-05-15', ...params }).toString(),
  });
  return answer.text();
}

const textOf = (xml: string, tag: string): string | null =>
  new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? null;
