/** An event bus of the lab account, and a queue that gets whatever it takes from vpn-medic. */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import * as v from 'valibot';
import { clientSettings } from './clients.ts';
import { REGION } from './options.ts';

export interface Bus {
  readonly name: string;
  /** Every event since it was last asked, in the order in which the queue gave them. */
  receive(): Promise<readonly BusEvent[]>;
}

export type BusEvent = v.InferOutput<typeof Event>;

const Event = v.looseObject({
  source: v.string(),
  'detail-type': v.string(),
  resources: v.array(v.string()),
  detail: v.looseObject({ id: v.string(), incident: v.looseObject({ id: v.string() }) }),
});

export async function buildBus(url: string): Promise<Bus> {
  const name = 'ops';
  const client = new EventBridgeClient(clientSettings(url));
  await client.send(new CreateEventBusCommand({ Name: name }));
  const queue = v.parse(
    v.object({ QueueUrl: v.string() }),
    await sqs(url, 'CreateQueue', { QueueName: 'incidents' }),
  );
  const attributes = v.parse(
    v.object({ Attributes: v.object({ QueueArn: v.string() }) }),
    await sqs(url, 'GetQueueAttributes', { ...queue, AttributeNames: ['QueueArn'] }),
  );
  const EventPattern = JSON.stringify({ source: ['vpn-medic'] });
  await client.send(new PutRuleCommand({ Name: 'all', EventBusName: name, EventPattern }));
  await client.send(
    new PutTargetsCommand({
      Rule: 'all',
      EventBusName: name,
      Targets: [{ Id: 'queue', Arn: attributes.Attributes.QueueArn }],
    }),
  );
  return {
    name,
    async receive() {
      const answer = v.parse(
        v.object({ Messages: v.optional(v.array(v.object({ Body: v.string() })), []) }),
        await sqs(url, 'ReceiveMessage', { ...queue, MaxNumberOfMessages: 10 }),
      );
      return answer.Messages.map(({ Body }) => v.parse(Event, JSON.parse(Body)));
    },
  };
}

/** By hand: two calls are no reason for one more client. The emulator only reads the service's name in the signature. */
async function sqs(url: string, action: string, input: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=lab/20261121/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`calling SQS ${action}: ${await response.text()}`);
  return response.json();
}
